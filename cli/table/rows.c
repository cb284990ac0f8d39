/*
 * rows.c - the rows of a table, and their order. See table.h; table_add.c sums up profiles, table_names.c
 * gives the rows their names.
 */
#include "cli/table/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/memory.h"
#include "cli/table/names.h"

/* Rows are the same function if these are equal; strings by address, for they are interned. */
static uint64_t identity_hash(const struct table_row *row)
{
    const uint64_t key[] = {(uintptr_t)row->file,
                            (uintptr_t)row->function,
                            (uintptr_t)row->module,
                            (uintptr_t)row->build,
                            row->offset,
                            row->line};

    return hash_bytes(key, sizeof key, 0);
}

static int same_identity(const void *owner, uint32_t value, const void *key)
{
    const struct table_row *a = &((const struct table *)owner)->rows[value], *b = key;

    return a->file == b->file && a->line == b->line && a->function == b->function && a->module == b->module &&
           a->build == b->build && a->offset == b->offset;
}

static int append_row(struct table *table, const struct table_row *row)
{
    if (table->row_count == table->row_capacity) {
        size_t capacity = table->row_capacity == 0 ? 256 : 2 * table->row_capacity;
        struct table_row *rows = reallocarray(table->rows, capacity, sizeof *rows);
        if (rows == NULL || table->row_count >= HASH_NONE / 2)
            return -1;
        memory_use_large_pages(rows, capacity * sizeof *rows);
        table->rows = rows;
        table->row_capacity = capacity;
    }
    table->rows[table->row_count++] = *row;
    return 0;
}

/* What table_take() took has no index. */
static int index_rows(struct table *table)
{
    for (size_t i = table->index.count; i < table->row_count; i++)
        if (hash_insert(&table->index, identity_hash(&table->rows[i]), (uint32_t)i) != 0)
            return -1;
    return 0;
}

uint32_t table_row_find(struct table *table, const struct table_row *row)
{
    const struct hash_lookup lookup = {.same = same_identity, .owner = table};

    return index_rows(table) == 0 ? hash_find(&table->index, identity_hash(row), lookup, row) : HASH_NONE;
}

uint32_t table_row_same(struct table *table, const struct table_row *row)
{
    uint32_t found = table_row_find(table, row), index = (uint32_t)table->row_count;

    if (found != HASH_NONE)
        return found;
    if (index_rows(table) != 0 || append_row(table, row) != 0)
        return HASH_NONE;
    return hash_insert(&table->index, identity_hash(row), index) == 0 ? index : HASH_NONE;
}

uint32_t table_row_named(struct table *table, const char *file, uint32_t line, const char *name)
{
    struct table_row row = {.file = intern_string(&table->strings, file),
                            .line = line,
                            .module = intern_string(&table->strings, ""),
                            .symbol = intern_string(&table->strings, name),
                            .has_source = strcmp(file, "~") != 0,
                            .unlisted = 1,
                            .language = SYMBOLIZER_LANGUAGE_C,
                            .place = UINT32_MAX};

    if (row.file == NULL || row.module == NULL || row.symbol == NULL)
        return HASH_NONE;
    row.name = row.function = row.symbol;
    return table_row_same(table, &row);
}

void table_row_add(struct table *table, uint32_t i, const struct table_row *figures)
{
    struct table_row *row = &table->rows[i];

    row->ncalls += figures->ncalls;
    row->pcalls += figures->pcalls;
    row->unwound += figures->unwound;
    row->tottime += figures->tottime;
    row->cumtime += figures->cumtime;
    row->variance += figures->variance;
    row->recording += figures->recording;
    row->waittime += figures->waittime;
    row->cumwait += figures->cumwait;
    if (!row->unlisted)
        return;
    row->unlisted = 0;
    row->place = table->listed++;
}

int table_renumber(struct table *table, const uint32_t *map)
{
    for (size_t i = 0; table->tracked != NULL && i < table->tracked_count; i++)
        if (table->tracked[i] != HASH_NONE)
            table->tracked[i] = map[table->tracked[i]];
    return table_edges_renumber(&table->edges, map);
}

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

/* What was never called goes to the end. */
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

/* Sorts the rows; the edges, and what table_track() keeps, follow them. */
static int sort_rows(struct table *table, int (*compare)(const void *left, const void *right))
{
    uint32_t *map;
    int result;

    for (size_t i = 0; i < table->row_count; i++)
        table->rows[i].before = (uint32_t)i;
    if (is_sorted(table, compare)) /* as what Python saved is, in its own order */
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

/* Drops the rows that are there only because they are tracked. */
static void drop_uncalled(struct table *table)
{
    while (table->row_count > 0 && !was_called(&table->rows[table->row_count - 1]))
        table->row_count--;
}

/* In the order of the rows, for the last digit depends on it. */
static void sum_up(struct table *table)
{
    table->calls = table->primitive_calls = 0;
    table->tottime = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        table->calls += table->rows[i].ncalls;
        table->primitive_calls += table->rows[i].pcalls;
        table->tottime += table->rows[i].tottime;
    }
}

/* What is less than nothing, as estimates may be, has no place in a dictionary. */
static void raise_to_nothing(struct table *table)
{
    for (size_t i = 0; i < table->row_count; i++) {
        table->rows[i].tottime = fmax(table->rows[i].tottime, 0);
        table->rows[i].cumtime = fmax(table->rows[i].cumtime, 0);
    }
    for (size_t i = 0; i < table->edges.count; i++) {
        table->edges.items[i].tottime = fmax(table->edges.items[i].tottime, 0);
        table->edges.items[i].cumtime = fmax(table->edges.items[i].cumtime, 0);
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

int table_finish(struct table *table, int how, struct message *message)
{
    int keep_order = how & TABLE_KEEP_ORDER;

    if ((keep_order && sort_rows(table, compare_places) != 0) || table_names_give(table, how) != 0)
        return message_no_memory(message);
    if (keep_order)
        return 0; /* and keep what table_merge() has summed up, file by file */
    if (sort_rows(table, table->tracked != NULL ? compare_tracked : compare_rows) != 0)
        return message_no_memory(message);
    if (table->tracked != NULL)
        drop_uncalled(table);
    table_edges_sort(&table->edges);
    if (how & TABLE_DICTIONARY)
        raise_to_nothing(table);
    sum_up(table);
    return 0;
}

void table_free(struct table *table)
{
    free(table->rows);
    table_edges_free(&table->edges);
    hash_free(&table->index);
    intern_free(&table->strings);
    *table = (struct table){0};
}

int table_list(const struct table *table, struct table_list *list, struct message *message)
{
    *list = (struct table_list){0};
    list->rows = reallocarray(NULL, table->row_count + 1, sizeof *list->rows);
    if (list->rows == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < table->row_count; i++)
        if (!table->rows[i].unlisted)
            list->rows[list->count++] = &table->rows[i];
    return 0;
}

void table_list_free(struct table_list *list)
{
    free(list->rows);
    free(list->reductions);
    *list = (struct table_list){0};
}
