/*
 * spread_print.c - prints how evenly a figure is spread over files. See spread_print.h.
 */
#include "cli/report/spread_print.h"

#include <inttypes.h>
#include <math.h>

#include "cli/report/csv.h"
#include "cli/report/fit.h"

enum { FIGURES_COLUMNS = 53 }; /* in front of the function */

static void print_figure(FILE *stream, const struct spread *spread, double value, double variance,
                         enum report_unit unit)
{
    char text[REPORT_TIME_MAX];

    if (spread_is_count(spread)) {
        int is_whole = value >= 0x1p53 || value == (double)(uint64_t)value;
        fprintf(stream, " %8.*f", !is_whole, value);
        return;
    }
    report_estimate(text, value, sqrt(variance), unit);
    fprintf(stream, " %8s", text);
}

static void print_row(FILE *stream, const struct spread *spread, const struct spread_row *row,
                      enum report_unit unit, int width)
{
    fprintf(stream, "%8" PRIu64 " %9" PRIu64, row->files, row->row.ncalls);
    print_figure(stream, spread, spread_min(spread, row), spread_min_variance(spread, row), unit);
    print_figure(stream, spread, spread_mean(spread, row), spread_mean_variance(spread, row), unit);
    print_figure(stream, spread, row->max, row->max_variance, unit);
    fprintf(stream, " %5.1f%% ", spread_imbalance(spread, row));
    fit_print_function(stream, &row->row, width, FIGURES_COLUMNS);
    fputc('\n', stream);
}

void spread_print(FILE *stream, const struct spread *spread, const struct report *report)
{
    enum report_unit unit = report_unit_of(spread->counts, report->unit);

    report_print_head(stream, report);
    if (report->list->count == 0)
        return;
    report_print_order(stream, report->order, report->list);
    fputs("   files    ncalls      min     mean      max  imbal filename:lineno(function)\n", stream);
    for (size_t i = 0; i < report->list->count; i++)
        print_row(stream, spread, (const struct spread_row *)report->list->rows[i], unit, report->width);
    fputs("\n\n", stream);
}

void spread_print_csv(FILE *stream, const struct spread *spread, const struct table_list *list)
{
    const char *unit = spread_is_count(spread) ? "" : csv_unit(spread->counts);
    int decimals = spread_is_count(spread) || spread_is_per_call(spread) ? 2 : 0;

    fprintf(stream, "files,ncalls,min%s,mean%s,max%s,imbalance,file,line,function,module\n", unit, unit,
            unit);
    for (size_t i = 0; i < list->count; i++) {
        const struct spread_row *row = (const struct spread_row *)list->rows[i];
        fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%.*f,%.*f,%.*f,%.2f,", row->files, row->row.ncalls, decimals,
                spread_min(spread, row), decimals, spread_mean(spread, row), decimals, row->max,
                spread_imbalance(spread, row));
        csv_print_function(stream, &row->row);
        fputc('\n', stream);
    }
}
