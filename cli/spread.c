/*
 * spread.c - how evenly a function's time is spread over files. See spread.h.
 */
#include "spread.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "csv.h"
#include "match.h"
#include "text.h"

static int no_memory(struct message *message)
{
    return message_set(message, "not enough memory to compare the files");
}

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

static double time_of(const struct spread *spread, const struct table_row *row)
{
    return spread->cumulative ? row->cumtime : row->tottime;
}

static void add_figures(const struct spread *spread, struct spread_row *into, const struct table_row *row)
{
    double time = time_of(spread, row);

    into->row.ncalls += row->ncalls;
    into->row.pcalls += row->pcalls;
    into->row.unwound += row->unwound;
    into->row.tottime += row->tottime;
    into->row.cumtime += row->cumtime;
    if (into->files == 0 || time < into->min)
        into->min = time;
    if (into->files == 0 || time > into->max)
        into->max = time;
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
    table_list_free(&list);
    table_list_free(&known);
    free(matches);
    return result == 0 ? 0 : no_memory(message);
}

int spread_list(const struct spread *spread, struct table_list *list, struct message *message)
{
    *list =
        (struct table_list){.rows = calloc(spread->count + 1, sizeof *list->rows), .count = spread->count};
    if (list->rows == NULL)
        return no_memory(message);
    for (size_t i = 0; i < spread->count; i++)
        list->rows[i] = &spread->rows[i].row;
    return 0;
}

static double least(const struct spread *spread, const struct spread_row *row)
{
    return row->files < spread->files ? 0 : row->min;
}

static double mean(const struct spread *spread, const struct spread_row *row)
{
    return time_of(spread, &row->row) / (double)spread->files;
}

/* In percent. */
static double imbalance(const struct spread *spread, const struct spread_row *row)
{
    return mean(spread, row) > 0 ? (row->max / mean(spread, row) - 1) * 100 : 0;
}

static void print_time(FILE *stream, double ns, enum report_unit unit)
{
    char text[REPORT_TIME_MAX];

    report_time(text, ns, unit);
    fprintf(stream, " %8s", text);
}

static void print_row(FILE *stream, const struct spread *spread, const struct spread_row *row,
                      enum report_unit unit)
{
    fprintf(stream, "%8" PRIu64 " %9" PRIu64, row->files, row->row.ncalls);
    print_time(stream, least(spread, row), unit);
    print_time(stream, mean(spread, row), unit);
    print_time(stream, row->max, unit);
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
        print_row(stream, spread, (const struct spread_row *)report->list->rows[i], report->unit);
    fputs("\n\n", stream);
}

void spread_print_csv(FILE *stream, const struct spread *spread, const struct table_list *list)
{
    fputs("files,ncalls,min_ns,mean_ns,max_ns,imbalance,file,line,function,module\n", stream);
    for (size_t i = 0; i < list->count; i++) {
        const struct spread_row *row = (const struct spread_row *)list->rows[i];
        fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%.0f,%.0f,%.0f,%.2f,", row->files, row->row.ncalls,
                least(spread, row), mean(spread, row), row->max, imbalance(spread, row));
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
