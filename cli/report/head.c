/*
 * head.c - prints the first part of every report. See head.h.
 */
#include "cli/report/head.h"

#include <inttypes.h>
#include <math.h>

#include "cli/base/text.h"

static void print_titles(FILE *stream, const struct report *report)
{
    for (size_t i = 0; i < report->title_count; i++) {
        text_print(stream, report->titles[i]);
        fputc('\n', stream);
    }
    if (report->title_count > 0)
        fputc('\n', stream);
}

static void print_totals(FILE *stream, const struct report *report)
{
    const struct table *table = report->table;
    char time[REPORT_TIME_MAX];

    if (table->counts && report->unit == REPORT_UNIT_AUTO)
        report_grouped(time, table->tottime);
    else
        report_figure(time, table, table->tottime, sqrt(table->variance), 1, report->unit);
    fprintf(stream, "         %" PRIu64 " function calls ", table->calls);
    if (table->calls != table->primitive_calls)
        fprintf(stream, "(%" PRIu64 " primitive calls) ", table->primitive_calls);
    fprintf(stream, "in %s", time);
    if (table->counts) {
        fputc(' ', stream);
        text_print(stream, table->measure);
    } else {
        fputs(report_unit_words(report->unit), stream);
    }
    fputs("\n\n", stream);
}

/* Prints the timers, each with a comma behind it. */
static void print_timers(FILE *stream, const struct table *table)
{
    static const char *const names[] = {[PROFILE_TIMER_TSC] = "TSC",
                                        [PROFILE_TIMER_MONOTONIC] = "CLOCK_MONOTONIC",
                                        [PROFILE_TIMER_CPU] = "CPU time",
                                        [PROFILE_TIMER_FAULTS] = "page faults"};

    for (int timer = PROFILE_TIMER_TSC; timer <= PROFILE_TIMER_CUSTOM; timer++)
        if (table->timers & 1U << timer) {
            text_print(stream, timer == PROFILE_TIMER_CUSTOM ? table->measure : names[timer]);
            fputs(", ", stream);
        }
}

/* Prints what the times rest on, and how far they can be trusted: to two standard errors. */
static void print_accuracy(FILE *stream, const struct table *table)
{
    char samples[REPORT_TIME_MAX];

    if (table->samples == 0 && table->unsampled == 0)
        return;
    report_grouped(samples, (double)table->samples);
    fprintf(stream, "   Time: %s samples", table->samples > 0 ? samples : "no");
    if (table->samples == 0)
        fputs(" (the kernel refuses them: see kernel.perf_event_paranoid in profile(1))", stream);
    if (table->tottime > 0)
        fprintf(stream, ", total within %.0f %%", ceil(100 * 2 * sqrt(table->variance) / table->tottime));
    if (table->is_compensated && table->measured > table->tottime)
        fprintf(stream, "; the hooks took %.0f %% of the run, taken out",
                100 * (1 - table->tottime / table->measured));
    fputc('\n', stream);
}

/* Prints nothing for profiles of Python, and in seconds, because the text must then be that of pstats. */
static void print_clocks(FILE *stream, const struct report *report)
{
    static const char *const names[] = {[PROFILE_READS_EVERY] = "every call",
                                        [PROFILE_READS_SAMPLED] = "sampled calls",
                                        [PROFILE_READS_NONE] = "no call"};
    const struct table *table = report->table;
    const char *before = "";

    if (table->clocks == 0 || table->in_seconds || report->unit == REPORT_UNIT_S)
        return;
    fputs("   Clock: ", stream);
    print_timers(stream, table);
    for (int reads = PROFILE_READS_EVERY; reads <= PROFILE_READS_NONE; reads++)
        if (table->clocks & 1U << reads) {
            fprintf(stream, "%s%s", before, names[reads]);
            before = ", ";
        }
    fputs(table->is_compensated ? "; overhead subtracted\n" : "\n", stream);
    print_accuracy(stream, table);
    if (table->is_paused || table->is_reset)
        fprintf(stream, "   Not the whole run: recording was %s%s%s\n", table->is_paused ? "paused" : "",
                table->is_paused && table->is_reset ? " and " : "", table->is_reset ? "reset" : "");
}

static void print_filters(FILE *stream, const struct report *report)
{
    const struct table *table = report->table;

    if (table->filters == NULL || table->in_seconds || report->unit == REPORT_UNIT_S)
        return;
    fputs("   Filters: ", stream);
    text_print(stream, table->filters);
    fputc('\n', stream);
}

void report_print_head(FILE *stream, const struct report *report)
{
    print_titles(stream, report);
    print_totals(stream, report);
    print_clocks(stream, report);
    print_filters(stream, report);
}

void report_print_order(FILE *stream, const char *order, const struct table_list *list)
{
    if (order != NULL && *order != '\0')
        fprintf(stream, "   Ordered by: %s\n", order);
    else
        fputs("   Random listing order was used\n", stream);
    if (list->reductions != NULL)
        fputs(list->reductions, stream);
    fputc('\n', stream);
}
