/*
 * finish.c - names the rows of a table, sorts them and sums them up. See finish.h.
 */
#include "cli/table/finish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/count.h"
#include "cli/table/names.h"

static int compare_strings(const char *a, const char *b)
{
    return a == b ? 0 : strcmp(a, b);
}

static int compare_rows(const void *left, const void *right)
{
    const struct table_row *a = left, *b = right;
    int order = compare_strings(a->file, b->file);

    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = compare_strings(a->name, b->name);
    if (order == 0)
        order = compare_strings(a->module, b->module);
    return order != 0 ? order : (a->before > b->before) - (a->before < b->before);
}

static int was_called(const struct table_row *row)
{
    return row->ncalls > 0 || row->tottime > 0 || row->cumtime > 0;
}

/* Puts functions that were never called behind all others. */
static int compare_tracked(const void *left, const void *right)
{
    int order = was_called(right) - was_called(left);

    return order != 0 ? order : compare_rows(left, right);
}

static int compare_places(const void *left, const void *right)
{
    const struct table_row *a = left, *b = right;

    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return (a->before > b->before) - (a->before < b->before);
}

static int is_sorted(const struct table *table, int (*compare)(const void *left, const void *right))
{
    for (size_t i = 1; i < table->row_count; i++)
        if (compare(&table->rows[i - 1], &table->rows[i]) > 0)
            return 0;
    return 1;
}

/* Sorts the rows, and renumbers the edges and the tracked rows. */
static int sort_rows(struct table *table, int (*compare)(const void *left, const void *right))
{
    uint32_t *map;
    int result;

    for (size_t i = 0; i < table->row_count; i++)
        table->rows[i].before = (uint32_t)i;
    if (is_sorted(table, compare)) /* as rows are that Python saved in its own order */
        return 0;
    map = reallocarray(NULL, table->row_count + 1, sizeof *map);
    if (map == NULL)
        return -1;
    if (table->row_count > 0)
        qsort(table->rows, table->row_count, sizeof *table->rows, compare);
    for (size_t i = 0; i < table->row_count; i++)
        map[table->rows[i].before] = (uint32_t)i;
    result = table_renumber(table, map);
    free(map);
    return result;
}

/* Drops the rows at the end that exist only because they are tracked. */
static void drop_uncalled(struct table *table)
{
    while (table->row_count > 0 && !was_called(&table->rows[table->row_count - 1]))
        table->row_count--;
}

/* Adds in the order of the rows, because the last digit of the sum depends on it. */
static void sum_up(struct table *table)
{
    table->calls = table->primitive_calls = 0;
    table->tottime = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        count_add(&table->calls, table->rows[i].ncalls);
        count_add(&table->primitive_calls, table->rows[i].pcalls);
        table->tottime += table->rows[i].tottime;
    }
}

/* A part of a function's time is no longer than the function, nor than its caller. Where calls recurse or
 * contexts were folded, each has a share of its own of what was measured, and it might be. The figures of
 * Python stay as they are. */
static void bound_edges(struct table *table)
{
    for (size_t i = 0; i < table->edges.count && table->clocks != 0; i++) {
        struct table_edge *edge = &table->edges.items[i];
        const struct table_row *caller = &table->rows[edge->caller], *callee = &table->rows[edge->callee];

        if (!caller->is_unlisted && !callee->is_unlisted)
            edge->cumtime = fmin(edge->cumtime, fmin(caller->cumtime, callee->cumtime));
    }
}

int table_order(struct table *table, struct message *message)
{
    hash_free(&table->index);
    if (sort_rows(table, compare_places) != 0)
        return message_no_memory(message);
    sum_up(table);
    return 0;
}

int table_finish(struct table *table, struct message *message)
{
    int keep_order = table->how & TABLE_KEEP_ORDER;

    if ((keep_order && sort_rows(table, compare_places) != 0) || table_names_give(table) != 0)
        return message_no_memory(message);
    if (keep_order)
        return 0; /* table_merge() has summed up the totals, file by file */
    if (sort_rows(table, table->tracked != NULL ? compare_tracked : compare_rows) != 0)
        return message_no_memory(message);
    if (table->tracked != NULL)
        drop_uncalled(table);
    table_edges_sort(&table->edges);
    bound_edges(table);
    sum_up(table);
    return 0;
}
