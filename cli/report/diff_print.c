/*
 * diff_print.c - prints what has changed between two tables. See diff_print.h.
 */
#include "cli/report/diff_print.h"

#include <inttypes.h>

#include "cli/base/text.h"
#include "cli/report/csv.h"
#include "cli/table/sort.h"

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

static void print_change(FILE *stream, double before, double now, enum report_unit unit)
{
    char text[REPORT_TIME_MAX], with_sign[REPORT_TIME_MAX + 1];

    report_time(text, now - before, unit);
    snprintf(with_sign, sizeof with_sign, "%s%s", now > before ? "+" : "", text);
    fprintf(stream, " %9s", with_sign);
}

static void print_percent(FILE *stream, double before, double now)
{
    char text[REPORT_TIME_MAX] = "";

    if (before > 0)
        snprintf(text, sizeof text, "%+.1f%%", (now - before) / before * 100);
    fprintf(stream, " %7s", text);
}

static double per_call(double time, uint64_t calls)
{
    return calls > 0 ? time / (double)calls : 0;
}

/* Prints the changes of a time, of it in percent, and of the time per call. BECAME, if not NULL, stands in
 * place of the percentage. */
static void print_times(FILE *stream, const double times[2], const uint64_t calls[2], const char *became,
                        enum report_unit unit)
{
    print_change(stream, times[0], times[1], unit);
    if (became != NULL)
        fprintf(stream, " %7s", became);
    else
        print_percent(stream, times[0], times[1]);
    print_change(stream, per_call(times[0], calls[0]), per_call(times[1], calls[1]), unit);
}

static void print_row(FILE *stream, const struct diff_row *row, enum report_unit unit)
{
    const struct table_row *old = or_nothing(row->before), *new = or_nothing(row->now);
    const char *became = row->before == NULL ? "new" : row->now == NULL ? "gone" : NULL;

    print_count(stream, old->ncalls, new->ncalls);
    print_times(stream, (double[]){old->tottime, new->tottime}, (uint64_t[]){old->ncalls, new->ncalls},
                became, unit);
    print_times(stream, (double[]){old->cumtime, new->cumtime}, (uint64_t[]){old->pcalls, new->pcalls},
                became, unit);
    fputc(' ', stream);
    text_print(stream, row->row.text);
    fputc('\n', stream);
}

/* Prints the title and the totals of the old file. */
static void print_before(FILE *stream, const struct diff *diff, const struct report *report)
{
    char time[REPORT_TIME_MAX];

    report_time(time, diff->before->tottime, report_unit_of(diff->before->counts, report->unit));
    fputs("   Compared with: ", stream);
    text_print(stream, report->titles[report->title_count]);
    fprintf(stream, "\n   which has %" PRIu64 " function calls in %s\n\n", diff->before->calls, time);
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

void diff_print(FILE *stream, const struct diff *diff, const struct report *report)
{
    enum report_unit unit = report_unit_of(diff->now->counts, report->unit);

    report_print_head(stream, report);
    print_before(stream, diff, report);
    if (report->list->count == 0)
        return;
    print_heading(stream, report);
    for (size_t i = 0; i < report->list->count; i++)
        print_row(stream, (const struct diff_row *)report->list->rows[i], unit);
    fputs("\n\n", stream);
}

void diff_print_csv(FILE *stream, const struct diff *diff, const struct table_list *list)
{
    const char *unit = csv_unit(diff->now->counts);

    fprintf(stream,
            "ncalls_before,ncalls,pcalls_before,pcalls,tottime%s_before,tottime%s,cumtime%s_before,cumtime%s,"
            "file,line,function,module\n",
            unit, unit, unit, unit);
    for (size_t i = 0; i < list->count; i++) {
        const struct diff_row *row = (const struct diff_row *)list->rows[i];
        const struct table_row *old = or_nothing(row->before), *new = or_nothing(row->now);
        fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.0f,%.0f,%.0f,%.0f,", old->ncalls,
                new->ncalls, old->pcalls, new->pcalls, old->tottime, new->tottime, old->cumtime,
                new->cumtime);
        csv_print_function(stream, &row->row);
        fputc('\n', stream);
    }
}
