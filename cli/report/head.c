/*
 * head.c - prints the first part of every report. See head.h.
 */
#include "cli/report/head.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/text.h"
#include "cli/report/accuracy.h"
#include "cli/report/fit.h"

/* The titles begin with a time of so many columns: "Sun Nov 22 21:26:00 2026    ". */
enum { WHEN_COLUMNS = 28 };

static void print_titles(FILE *stream, const struct report *report)
{
    for (size_t i = 0; i < report->title_count; i++)
        fit_print_line(stream, report->titles[i], report->width, WHEN_COLUMNS);
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

/* Prints COUNT, WORDS and BEHIND. */
static void print_count(FILE *stream, uint64_t count, const char *words, const char *behind)
{
    char text[REPORT_TIME_MAX];

    report_grouped(text, (double)count);
    fprintf(stream, "%s %s%s", text, words, behind);
}

/* Prints what explains the total: it is the sum over all threads, which ran and waited side by side. */
static void print_runs(FILE *stream, const struct runs *runs)
{
    char time[REPORT_TIME_MAX];

    fputs("   ", stream);
    if (runs->count > 1)
        print_count(stream, runs->count, "runs", ": ");
    else
        fputs("Run: ", stream);
    if (runs->threads > runs->processes)
        print_count(stream, runs->threads, "threads", runs->processes > runs->count ? " of " : "; ");
    if (runs->processes > runs->count)
        print_count(stream, runs->processes, "processes", "; ");
    report_time(time, runs->wall, REPORT_UNIT_AUTO);
    fprintf(stream, "wall time %s", time);
    report_time(time, runs->cpu, REPORT_UNIT_AUTO);
    if (!runs->lacks_cpu)
        fprintf(stream, ", CPU time %s", time);
    fputs(runs->count > 1 ? " in all\n" : "\n", stream);
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

void report_print_clock(FILE *stream, const struct table *table)
{
    static const char *const names[] = {[PROFILE_READS_EVERY] = "every call",
                                        [PROFILE_READS_SAMPLED] = "sampled calls",
                                        [PROFILE_READS_NONE] = "no call"};
    const char *before = "";

    if (table->clocks == 0)
        return;
    print_timers(stream, table);
    for (int reads = PROFILE_READS_EVERY; reads <= PROFILE_READS_NONE; reads++)
        if (table->clocks & 1U << reads) {
            fprintf(stream, "%s%s", before, names[reads]);
            before = ", ";
        }
    if (table->is_compensated)
        fputs("; overhead subtracted", stream);
}

/* Prints nothing for profiles of Python. */
static void print_clocks(FILE *stream, const struct report *report)
{
    const struct table *table = report->table;

    if (table->clocks == 0)
        return;
    fputs("   Clock: ", stream);
    report_print_clock(stream, table);
    fputc('\n', stream);
    accuracy_print(stream, table);
    if (table->is_paused || table->is_reset)
        fprintf(stream, "   Not the whole run: recording was %s%s%s\n", table->is_paused ? "paused" : "",
                table->is_paused && table->is_reset ? " and " : "", table->is_reset ? "reset" : "");
}

static void print_filters(FILE *stream, const struct report *report)
{
    static const char name[] = "   Filters: ";
    size_t size = strlen(report->table->filters) + sizeof name;
    char *line = malloc(size);

    if (line == NULL)
        return;
    snprintf(line, size, "%s%s", name, report->table->filters);
    fit_print_line(stream, line, report->width, SIZE_MAX);
    free(line);
}

void report_print_head(FILE *stream, const struct report *report)
{
    const struct table *table = report->table;

    print_titles(stream, report);
    print_totals(stream, report);
    if (table->in_seconds || report->unit == REPORT_UNIT_S) /* the text must be that of pstats */
        return;
    if (report->runs != NULL && !report->runs->is_unknown && report->runs->wall > 0)
        print_runs(stream, report->runs);
    print_clocks(stream, report);
    if (table->filters != NULL)
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
