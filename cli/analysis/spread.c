/*
 * spread.c - how evenly a figure of a function is spread over files. See spread.h.
 */
#include "cli/analysis/spread.h"

#include <stdlib.h>

#include "cli/base/array.h"
#include "cli/base/count.h"
#include "cli/table/match.h"

/* Copies TEXT, because the strings of a table are freed with it. Sets *FAILED without memory. */
static const char *keep(struct spread *spread, const char *text, int *failed)
{
    const char *copy = text == NULL ? NULL : intern_string(&spread->strings, text);

    *failed |= text != NULL && copy == NULL;
    return copy;
}

/* Appends a row without figures, for a function that earlier files did not have. Returns NULL without memory.
 */
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
    double variance = sort_variance_of(spread->figure, row);

    count_add(&into->row.ncalls, row->ncalls);
    count_add(&into->row.pcalls, row->pcalls);
    count_add(&into->row.unwound, row->unwound);
    into->row.tottime += row->tottime;
    into->row.cumtime += row->cumtime;
    into->sum += value;
    into->sum_variance += variance;
    if (into->files == 0 || value < into->min) {
        into->min = value;
        into->min_variance = variance;
    }
    if (into->files == 0 || value > into->max) {
        into->max = value;
        into->max_variance = variance;
    }
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

/* Fills MATCHES with the row of SPREAD for each row of LIST. Returns 0, or -1 without memory. */
static int match(const struct spread *spread, const struct table_list *list, uint32_t *matches)
{
    struct table_list known = {0};
    struct message message;

    if (spread_list(spread, &known, &message) != 0)
        return -1;
    int result = match_rows(&(struct match_rows){list->rows, list->count},
                            &(struct match_rows){known.rows, known.count}, MATCH_EXACT, matches);
    table_list_free(&known);
    return result;
}

int spread_add(struct spread *spread, const struct table *table, struct message *message)
{
    struct table_list list = {0};
    uint32_t *matches = calloc(table->row_count + 1, sizeof *matches);
    int result = -1;

    if (matches != NULL && table_list(table, &list, message) == 0 && match(spread, &list, matches) == 0)
        result = add_rows(spread, &list, matches);
    spread->files++;
    spread->counts = table->counts;
    table_list_free(&list);
    free(matches);
    return result == 0 ? 0 : message_no_memory(message);
}

int spread_list(const struct spread *spread, struct table_list *list, struct message *message)
{
    return table_list_structs(list, spread->rows, spread->count, sizeof *spread->rows, message);
}

int spread_is_count(const struct spread *spread)
{
    return spread->figure == SORT_NCALLS || spread->figure == SORT_PCALLS;
}

int spread_is_per_call(const struct spread *spread)
{
    return spread->figure == SORT_PERCALL || spread->figure == SORT_CUMPERCALL;
}

/* Returns 1 if a file that does not call the function of ROW has the least figure: it counts as 0, but has no
 * time per call. */
static int is_least_0(const struct spread *spread, const struct spread_row *row)
{
    return row->files < spread->files && !spread_is_per_call(spread);
}

/* Returns the number of files that the mean of ROW is over. */
static double files_of(const struct spread *spread, const struct spread_row *row)
{
    return (double)(spread_is_per_call(spread) ? row->files : spread->files);
}

double spread_min(const struct spread *spread, const struct spread_row *row)
{
    return is_least_0(spread, row) ? 0 : row->min;
}

double spread_mean(const struct spread *spread, const struct spread_row *row)
{
    return row->sum / files_of(spread, row);
}

double spread_min_variance(const struct spread *spread, const struct spread_row *row)
{
    return is_least_0(spread, row) ? 0 : row->min_variance;
}

double spread_mean_variance(const struct spread *spread, const struct spread_row *row)
{
    double files = files_of(spread, row);

    return row->sum_variance / (files * files);
}

double spread_imbalance(const struct spread *spread, const struct spread_row *row)
{
    double mean = spread_mean(spread, row);

    return mean > 0 ? (row->max / mean - 1) * 100 : 0;
}

void spread_free(struct spread *spread)
{
    free(spread->rows);
    intern_free(&spread->strings);
    *spread = (struct spread){0};
}
