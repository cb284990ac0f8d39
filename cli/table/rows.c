/*
 * rows.c - the rows of a table. See rows.h.
 */
#include "cli/table/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/count.h"
#include "cli/base/memory.h"

/* Rows with these values are one function. Strings are compared by address, because they are interned. */
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

/* Indexes the rows that are not indexed yet: table_take() takes rows without their index. */
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
                            .is_unlisted = 1,
                            .language = SYMBOLIZER_LANGUAGE_C,
                            .place = UINT32_MAX};

    if (row.file == NULL || row.module == NULL || row.symbol == NULL)
        return HASH_NONE;
    row.name = row.function = row.symbol;
    return table_row_same(table, &row);
}

void table_row_add_figures(struct table_row *row, const struct table_row *figures)
{
    count_add(&row->ncalls, figures->ncalls);
    count_add(&row->pcalls, figures->pcalls);
    count_add(&row->unwound, figures->unwound);
    row->tottime += figures->tottime;
    row->cumtime += figures->cumtime;
    row->variance += figures->variance;
    row->cumvariance += figures->cumvariance;
    row->recording += figures->recording;
    row->waittime += figures->waittime;
    row->cumwait += figures->cumwait;
}

void table_row_add(struct table *table, uint32_t i, const struct table_row *figures)
{
    struct table_row *row = &table->rows[i];

    table_row_add_figures(row, figures);
    if (!row->is_unlisted)
        return;
    row->is_unlisted = 0;
    row->place = table->listed++;
}

int table_renumber(struct table *table, const uint32_t *map)
{
    for (size_t i = 0; table->tracked != NULL && i < table->tracked_count; i++)
        if (table->tracked[i] != HASH_NONE)
            table->tracked[i] = map[table->tracked[i]];
    return table_edges_renumber(&table->edges, map);
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
        if (!table->rows[i].is_unlisted)
            list->rows[list->count++] = &table->rows[i];
    return 0;
}

int table_list_structs(struct table_list *list, const void *structs, size_t count, size_t size,
                       struct message *message)
{
    *list = (struct table_list){.rows = reallocarray(NULL, count + 1, sizeof *list->rows), .count = count};
    if (list->rows == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < count; i++)
        list->rows[i] = (const void *)((const char *)structs + i * size);
    return 0;
}

void table_list_free(struct table_list *list)
{
    free(list->rows);
    free(list->reductions);
    *list = (struct table_list){0};
}
