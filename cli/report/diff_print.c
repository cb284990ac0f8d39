/*
 * diff_print.c - prints what has changed between two tables. See diff_print.h.
 */
#include "cli/report/diff_print.h"

#include <inttypes.h>
#include <math.h>

#include "cli/base/text.h"
#include "cli/report/csv.h"
#include "cli/table/sort.h"

/* For a terminal: faint letters, and the end of them. */
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

/* Returns ROW, or a row without figures for NULL. */
static const struct table_row *or_nothing(const struct table_row *row)
{
    static const struct table_row nothing;

    return row != NULL ? row : &nothing;
}

static void print_count(FILE *stream, uint64_t before, uint64_t now)
{
    char text[32];

    snprintf(text, sizeof text, "%c%" PRIu64, now < before ? '-' : '+',
             now < before ? before - now : now - before);
    fprintf(stream, "%9s", text);
}

static void print_change(FILE *stream, double before, double now, double error, enum report_unit unit)
{
    char text[REPORT_TIME_MAX];

    report_change(text, now - before, error, unit);
    fprintf(stream, " %9s", text);
}

static double per_call(double time, uint64_t calls)
{
    return calls > 0 ? time / (double)calls : 0;
}

/* A time in both files, and how often its function was called. */
struct times {
    double old, new;
    uint64_t old_calls, new_calls;
    const struct diff_change *change;
};

/* Writes the change in percent, or as a factor if that is 10 or more; or "~" if it is not known to be one. */
static void write_percent(char text[REPORT_TIME_MAX], double old, double new,
                          const struct diff_change *change)
{
    snprintf(text, REPORT_TIME_MAX, "%s", change->is_known ? "" : "~");
    if (!change->is_known)
        return;
    if (old > 0 && new / old >= 10)
        snprintf(text, REPORT_TIME_MAX, "x%.0f", new / old);
    else if (old > 0)
        snprintf(text, REPORT_TIME_MAX, "%+.1f%%", (new - old) / old * 100);
}

/* Prints the changes of a time, of it in percent, and of the time per call. BECAME, if not NULL, stands in
 * place of the percentage. */
static void print_times(FILE *stream, const struct times *times, const char *became, enum report_unit unit)
{
    uint64_t calls = times->old_calls < times->new_calls ? times->old_calls : times->new_calls;
    char percent[REPORT_TIME_MAX];

    write_percent(percent, times->old, times->new, times->change);
    print_change(stream, times->old, times->new, times->change->error, unit);
    fprintf(stream, " %7s", became != NULL ? became : percent);
    print_change(stream, per_call(times->old, times->old_calls), per_call(times->new, times->new_calls),
                 per_call(times->change->error, calls), unit);
}

static void print_row(FILE *stream, const struct diff_row *row, enum report_unit unit)
{
    const struct table_row *old = or_nothing(row->before), *new = or_nothing(row->now);
    const char *became = row->before == NULL ? "new" : row->now == NULL ? "gone" : NULL;

    print_count(stream, old->ncalls, new->ncalls);
    print_times(stream, &(struct times){old->tottime, new->tottime, old->ncalls, new->ncalls, &row->tottime},
                became, unit);
    print_times(stream, &(struct times){old->cumtime, new->cumtime, old->pcalls, new->pcalls, &row->cumtime},
                became, unit);
    fputc(' ', stream);
    text_print(stream, row->row.text);
    fputc('\n', stream);
}

/* Prints the title and the totals of the old file, and how much has changed. */
static void print_before(FILE *stream, const struct diff *diff, const struct report *report)
{
    enum report_unit unit = report_unit_of(diff->before->counts, report->unit);
    char time[REPORT_TIME_MAX], change[REPORT_TIME_MAX], percent[REPORT_TIME_MAX];

    report_figure(time, diff->before, diff->before->tottime, sqrt(diff->before->variance), 1, report->unit);
    fputs("   Compared with: ", stream);
    text_print(stream, report->titles[report->title_count]);
    fprintf(stream, "\n   which has %" PRIu64 " function calls in %s\n", diff->before->calls, time);
    report_change(change, diff->now->tottime - diff->before->tottime, diff->total.error, unit);
    write_percent(percent, diff->before->tottime, diff->now->tottime, &diff->total);
    fprintf(stream, "   Changed: %zu of %zu functions; total %s (%s)\n", diff->changed, diff->count, change,
            diff->total.is_known ? percent : "within the error");
    if (diff->repeats > DIFF_REPEATS && !diff->now->counts)
        fprintf(stream, "   The runs differ by %.0f %% in most functions, which is taken for an error\n",
                100 * diff->repeats);
    fputc('\n', stream);
}

/* Prints the lines about the order, and the headings. */
static void print_heading(FILE *stream, const struct report *report)
{
    char order[SORT_LABEL_MAX + sizeof "change of "];

    snprintf(order, sizeof order, "change of %s", report->order);
    report_print_order(stream, order, report->list);
    fputs("   ncalls   tottime       %   percall   cumtime       %   percall filename:lineno(function)\n",
          stream);
}

/* Prints the rows of the list. Rows without a change come last, below a line of their own. */
static void print_rows(FILE *stream, const struct report *report, enum report_unit unit)
{
    int has_changed = 1;

    for (size_t i = 0; i < report->list->count; i++) {
        const struct diff_row *row = (const struct diff_row *)report->list->rows[i];

        if (has_changed && !row->has_changed)
            fprintf(stream, "%s%s   No change beyond the error:\n", i > 0 ? "\n" : "",
                    report->colour ? DIM : "");
        has_changed = row->has_changed;
        print_row(stream, row, unit);
    }
    if (!has_changed && report->colour)
        fputs(PLAIN, stream);
}

void diff_print(FILE *stream, const struct diff *diff, const struct report *report)
{
    enum report_unit unit = report_unit_of(diff->now->counts, report->unit);

    report_print_head(stream, report);
    print_before(stream, diff, report);
    if (report->list->count == 0)
        return;
    print_heading(stream, report);
    print_rows(stream, report, unit);
    fputs("\n\n", stream);
}

void diff_print_csv(FILE *stream, const struct diff *diff, const struct table_list *list)
{
    const char *unit = csv_unit(diff->now->counts);

    fprintf(stream,
            "ncalls_before,ncalls,pcalls_before,pcalls,tottime%s_before,tottime%s,cumtime%s_before,cumtime%s,"
            "file,line,function,module,tottime_error%s,cumtime_error%s,calls_changed,tottime_changed,"
            "cumtime_changed\n",
            unit, unit, unit, unit, unit, unit);
    for (size_t i = 0; i < list->count; i++) {
        const struct diff_row *row = (const struct diff_row *)list->rows[i];
        const struct table_row *old = or_nothing(row->before), *new = or_nothing(row->now);
        fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.0f,%.0f,%.0f,%.0f,", old->ncalls,
                new->ncalls, old->pcalls, new->pcalls, old->tottime, new->tottime, old->cumtime,
                new->cumtime);
        csv_print_function(stream, &row->row);
        fprintf(stream, ",%.0f,%.0f,%d,%d,%d\n", row->tottime.error, row->cumtime.error,
                old->ncalls != new->ncalls || old->pcalls != new->pcalls, row->tottime.is_known,
                row->cumtime.is_known);
    }
}
