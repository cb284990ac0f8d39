/*
 * spread.c - how evenly a function's time, or calls, are spread over files. See spread.h.
 */
#include "cli/analysis/spread.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/text.h"
#include "cli/report/csv.h"
#include "cli/table/match.h"

/* The table's own strings go with it. */
static const char *keep(struct spread *spread, const char *text, int *failed)
{
    const char *copy = text == NULL ? NULL : intern_string(&spread->strings, text);

    *failed |= text != NULL && copy == NULL;
    return copy;
}

/* A row for a function that no file had before; without figures. */
static struct spread_row *append(struct spread *spread, const struct table_row *row)
{
    struct spread_row *added = ARRAY_APPEND(spread->rows, spread->count);
    int failed = 0;

    if (added == NULL)
        return NULL;
    added->row = (struct table_row){.line = row->line,
                                    .has_source = row->has_source,
                                    .text = keep(spread, row->text, &failed),
                                    .file = keep(spread, row->file, &failed),
                                    .name = keep(spread, row->name, &failed),
                                    .module = keep(spread, row->module, &failed),
                                    .function = keep(spread, row->function, &failed)};
    return failed ? NULL : added;
}

static void add_figures(const struct spread *spread, struct spread_row *into, const struct table_row *row)
{
    double value = sort_figure_of(spread->figure, row);

    into->row.ncalls += row->ncalls;
    into->row.pcalls += row->pcalls;
    into->row.unwound += row->unwound;
    into->row.tottime += row->tottime;
    into->row.cumtime += row->cumtime;
    into->sum += value;
    if (into->files == 0 || value < into->min)
        into->min = value;
    if (into->files == 0 || value > into->max)
        into->max = value;
    into->files++;
}

static int add_rows(struct spread *spread, const struct table_list *list, const uint32_t *matches)
{
    for (size_t i = 0; i < list->count; i++) {
        struct spread_row *row =
            matches[i] == MATCH_NONE ? append(spread, list->rows[i]) : &spread->rows[matches[i]];
        if (row == NULL)
            return -1;
        add_figures(spread, row, list->rows[i]);
    }
    return 0;
}

int spread_add(struct spread *spread, const struct table *table, struct message *message)
{
    struct table_list list = {0}, known = {0};
    uint32_t *matches = calloc(table->row_count + 1, sizeof *matches);
    int result = matches != NULL ? 0 : -1;

    if (result == 0 && table_list(table, &list, message) == 0 && spread_list(spread, &known, message) == 0)
        result = match_rows(&(struct match_rows){list.rows, list.count},
                            &(struct match_rows){known.rows, known.count}, MATCH_EXACT, matches);
    if (result == 0)
        result = add_rows(spread, &list, matches);
    spread->files++;
    spread->counts = table->counts;
    table_list_free(&list);
    table_list_free(&known);
    free(matches);
    return result == 0 ? 0 : message_no_memory(message);
}

int spread_list(const struct spread *spread, struct table_list *list, struct message *message)
{
    *list =
        (struct table_list){.rows = calloc(spread->count + 1, sizeof *list->rows), .count = spread->count};
    if (list->rows == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < spread->count; i++)
        list->rows[i] = &spread->rows[i].row;
    return 0;
}

static int is_count(const struct spread *spread)
{
    return spread->figure == SORT_NCALLS || spread->figure == SORT_PCALLS;
}

/* A function that is not called has no time per call. */
static int is_per_call(const struct spread *spread)
{
    return spread->figure == SORT_PERCALL || spread->figure == SORT_CUMPERCALL;
}

static double least(const struct spread *spread, const struct spread_row *row)
{
    return row->files < spread->files && !is_per_call(spread) ? 0 : row->min;
}

static double mean(const struct spread *spread, const struct spread_row *row)
{
    return row->sum / (double)(is_per_call(spread) ? row->files : spread->files);
}

/* In percent. */
static double imbalance(const struct spread *spread, const struct spread_row *row)
{
    return mean(spread, row) > 0 ? (row->max / mean(spread, row) - 1) * 100 : 0;
}

static void print_figure(FILE *stream, const struct spread *spread, double value, enum report_unit unit)
{
    char text[REPORT_TIME_MAX];

    if (is_count(spread)) {
        int is_whole = value >= 0x1p53 || value == (double)(uint64_t)value;
        fprintf(stream, " %8.*f", !is_whole, value);
        return;
    }
    report_time(text, value, unit);
    fprintf(stream, " %8s", text);
}

static void print_row(FILE *stream, const struct spread *spread, const struct spread_row *row,
                      enum report_unit unit)
{
    fprintf(stream, "%8" PRIu64 " %9" PRIu64, row->files, row->row.ncalls);
    print_figure(stream, spread, least(spread, row), unit);
    print_figure(stream, spread, mean(spread, row), unit);
    print_figure(stream, spread, row->max, unit);
    fprintf(stream, " %5.1f%% ", imbalance(spread, row));
    text_print(stream, row->row.text);
    fputc('\n', stream);
}

void spread_print(FILE *stream, const struct spread *spread, const struct report *report)
{
    report_print_head(stream, report);
    if (report->list->count == 0)
        return;
    fprintf(stream, "   Ordered by: %s\n", report->order);
    if (report->list->reductions != NULL)
        fputs(report->list->reductions, stream);
    fputs("\n   files    ncalls      min     mean      max  imbal filename:lineno(function)\n", stream);
    for (size_t i = 0; i < report->list->count; i++)
        print_row(stream, spread, (const struct spread_row *)report->list->rows[i],
                  report_unit_of(spread->counts, report->unit));
    fputs("\n\n", stream);
}

void spread_print_csv(FILE *stream, const struct spread *spread, const struct table_list *list)
{
    const char *unit = is_count(spread) ? "" : csv_unit(spread->counts);
    int decimals = is_count(spread) || is_per_call(spread) ? 2 : 0;

    fprintf(stream, "files,ncalls,min%s,mean%s,max%s,imbalance,file,line,function,module\n", unit, unit,
            unit);
    for (size_t i = 0; i < list->count; i++) {
        const struct spread_row *row = (const struct spread_row *)list->rows[i];
        fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%.*f,%.*f,%.*f,%.2f,", row->files, row->row.ncalls, decimals,
                least(spread, row), decimals, mean(spread, row), decimals, row->max, imbalance(spread, row));
        csv_print_function(stream, &row->row);
        fputc('\n', stream);
    }
}

void spread_free(struct spread *spread)
{
    free(spread->rows);
    intern_free(&spread->strings);
    *spread = (struct spread){0};
}
