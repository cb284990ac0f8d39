/*
 * table.c - profiles summed up. See table.h; table_names.c gives the rows their names.
 */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table_names.h"

/* How far up a path is_below_alias() looks: no damaged file shall make it look for hours. */
enum { ALIAS_SEARCH_MAX = 1024 };

static int no_memory(struct message *message)
{
    return message_set(message, "not enough memory to sum up the profile");
}

/* What tells the builds of one module path apart: its build-id, else its size and time. NULL without memory.
 */
static const char *intern_build(struct table *table, const struct symbolizer_module *module)
{
    char text[2 * SYMBOLIZER_BUILD_ID_MAX + 64];
    size_t length = 0;

    for (size_t i = 0; i < module->build_id_size && i < SYMBOLIZER_BUILD_ID_MAX; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%02x", module->build_id[i]);
    if (length == 0)
        snprintf(text, sizeof text, "%ju %jd", (uintmax_t)module->size, (intmax_t)module->mtime);
    return intern_string(&table->strings, text);
}

static const char *intern_or_null(struct table *table, const char *text, int *failed)
{
    if (text == NULL || *text == '\0')
        return NULL;
    const char *copy = intern_string(&table->strings, text);
    *failed |= copy == NULL;
    return copy;
}

/* A new row for FUNCTION, without figures, its names not yet made fit to print. */
static int row_init(struct table *table, const struct profile *profile,
                    const struct profile_function *function, struct table_row *row)
{
    static const struct symbolizer_module none = {.path = ""};
    const struct symbolizer_module *module =
        function->module == PROFILE_NONE ? &none : &profile->modules[function->module].file;
    int failed = 0;

    *row = (struct table_row){
        .file = intern_or_null(table, function->file, &failed),
        .module = intern_string(&table->strings, module->path == NULL ? "" : module->path),
        .symbol = intern_or_null(table, function->name, &failed),
        .language = function->language,
    };
    row->has_source = row->file != NULL;
    row->line = row->has_source ? function->line : 0;
    if (row->symbol != NULL) {
        row->function = table_names_function(table, row);
        failed |= row->function == NULL;
    } else {
        row->build = intern_build(table, module);
        row->offset = function->offset;
        failed |= row->build == NULL;
    }
    return failed || row->module == NULL ? -1 : 0;
}

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
        table->rows = rows;
        table->row_capacity = capacity;
    }
    table->rows[table->row_count++] = *row;
    return 0;
}

/* The index of the row that is the same function as ROW, which is appended if there is none; HASH_NONE
 * without memory. */
static uint32_t find_or_append(struct table *table, const struct table_row *row)
{
    const struct hash_lookup lookup = {.same = same_identity, .owner = table};
    uint64_t hash = identity_hash(row);
    uint32_t found = hash_find(&table->index, hash, lookup, row);

    if (found != HASH_NONE)
        return found;
    found = (uint32_t)table->row_count;
    return append_row(table, row) == 0 && hash_insert(&table->index, hash, found) == 0 ? found : HASH_NONE;
}

/* The index of FUNCTION's row, which is made if need be; HASH_NONE without memory. */
static uint32_t find_or_add_row(struct table *table, const struct profile *profile,
                                const struct profile_function *function)
{
    struct table_row row;

    if (row_init(table, profile, function, &row) != 0)
        return HASH_NONE;
    row.place = (uint32_t)table->row_count;
    return find_or_append(table, &row);
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
    return find_or_append(table, &row);
}

void table_row_add(struct table *table, uint32_t i, const struct table_row *figures)
{
    struct table_row *row = &table->rows[i];

    row->ncalls += figures->ncalls;
    row->pcalls += figures->pcalls;
    row->unwound += figures->unwound;
    row->tottime += figures->tottime;
    row->cumtime += figures->cumtime;
    if (!row->unlisted)
        return;
    row->unlisted = 0;
    row->place = table->listed++;
}

/* What table_add() knows of each function of the profile it adds. */
struct sum {
    struct table *table;
    const struct profile *profile;
    int with_uncalled;      /* functions that have a context get a row even if they were never called */
    uint32_t *rows;         /* by function: its row, or HASH_NONE if it has none */
    unsigned char *aliased; /* by row: more than one function of this profile has it */
    uint64_t *outermost;    /* by function: calls made while no alias of it was active */
};

static int is_empty(const struct profile_record *record)
{
    return record->function == PROFILE_NONE || (record->calls | record->self | record->inclusive) == 0;
}

/* Gives each function that was called, or that is wanted besides, its row, and finds the rows that stand for
 * several. */
static int find_rows(struct sum *sum)
{
    const struct profile *profile = sum->profile;

    for (size_t i = 0; i < profile->record_count; i++) {
        const struct profile_record *record = &profile->records[i];
        if (record->function == PROFILE_NONE || (is_empty(record) && !sum->with_uncalled) ||
            sum->rows[record->function] != HASH_NONE)
            continue;
        uint32_t row = find_or_add_row(sum->table, profile, &profile->functions[record->function]);
        if (row == HASH_NONE)
            return -1;
        sum->rows[record->function] = row;
    }
    sum->aliased = calloc(sum->table->row_count + 1, 1);
    unsigned char *seen = calloc(sum->table->row_count + 1, 1);
    for (size_t i = 0; sum->aliased != NULL && seen != NULL && i < profile->function_count; i++) {
        if (sum->rows[i] == HASH_NONE)
            continue;
        sum->aliased[sum->rows[i]] |= seen[sum->rows[i]];
        seen[sum->rows[i]] = 1;
    }
    int failed = sum->aliased == NULL || seen == NULL;
    free(seen);
    return failed ? -1 : 0;
}

/* Is RECORD below one of another function with the same row? Then its calls are no primitive calls of that
 * row, and its time is in that of the other: clang's complete constructors call the base constructors, and
 * deleting destructors the complete ones, and the reader must not see their time twice. What leads back to an
 * ancestor is counted as nested already. */
static int is_below_alias(const struct sum *sum, const struct profile_record *record)
{
    const struct profile_record *records = sum->profile->records;
    uint32_t row = sum->rows[record->function];
    uint32_t parent = record->parent;

    if (!sum->aliased[row] || record->target != (uint32_t)(record - records))
        return 0;
    for (int steps = 0; parent != PROFILE_NONE && steps < ALIAS_SEARCH_MAX; steps++) {
        uint32_t function = records[parent].function;
        if (function != PROFILE_NONE && sum->rows[function] == row && function != record->function)
            return 1;
        parent = records[parent].parent;
    }
    return 0;
}

static void add_records(struct sum *sum, const struct profile_thread *thread)
{
    double tick = profile_tick_ns(sum->profile, thread);

    for (uint32_t i = 0; i < thread->record_count; i++) {
        const struct profile_record *record = &sum->profile->records[thread->root + i];
        if (is_empty(record))
            continue;
        struct table_row *row = &sum->table->rows[sum->rows[record->function]];
        row->ncalls += record->calls;
        row->unwound += record->unwound;
        row->tottime += (double)record->self * tick;
        if (is_below_alias(sum, record))
            continue;
        sum->outermost[record->function] += record->calls;
        row->cumtime += (double)record->inclusive * tick;
    }
}

static void add_primitive_calls(struct sum *sum)
{
    const struct profile *profile = sum->profile;

    for (size_t i = 0; i < profile->edge_count; i++) {
        const struct profile_edge *edge = &profile->edges[i];
        uint64_t *outermost = &sum->outermost[edge->callee];
        *outermost -= edge->nested < *outermost ? edge->nested : *outermost; /* the file may be damaged */
    }
    for (size_t i = 0; i < profile->function_count; i++)
        if (sum->rows[i] != HASH_NONE)
            sum->table->rows[sum->rows[i]].pcalls += sum->outermost[i];
}

/* Adds a profile, and keeps its functions' rows in ROWS unless that is NULL. */
static int add_profile(struct table *table, const struct profile *profile, uint32_t *rows,
                       struct message *message)
{
    size_t count = profile->function_count + 1;
    struct sum sum = {.table = table,
                      .profile = profile,
                      .with_uncalled = rows != NULL,
                      .rows = reallocarray(NULL, count, sizeof *sum.rows),
                      .outermost = calloc(count, sizeof *sum.outermost)};
    int result = -1;

    if (sum.rows != NULL && sum.outermost != NULL) {
        memset(sum.rows, 0xff, count * sizeof *sum.rows); /* HASH_NONE */
        result = find_rows(&sum);
    }
    for (size_t i = 0; i < profile->thread_count && result == 0; i++) {
        table->lost += profile->threads[i].lost;
        add_records(&sum, &profile->threads[i]);
    }
    if (result == 0)
        add_primitive_calls(&sum);
    if (result == 0 && table->with_edges)
        result = table_edges_add_profile(&table->edges, profile, sum.rows);
    if (result == 0 && rows != NULL)
        memcpy(rows, sum.rows, profile->function_count * sizeof *rows);
    free(sum.rows);
    free(sum.aliased);
    free(sum.outermost);
    return result == 0 ? 0 : no_memory(message);
}

int table_add(struct table *table, const struct profile *profile, struct message *message)
{
    return add_profile(table, profile, NULL, message);
}

int table_track(struct table *table, const struct profile *profile, uint32_t *rows, struct message *message)
{
    if (add_profile(table, profile, rows, message) != 0)
        return -1;
    table->tracked = rows;
    table->tracked_count = profile->function_count;
    return 0;
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

/* Sorts the rows; the edges, and what table_track() keeps, follow them. */
static int sort_rows(struct table *table, int (*compare)(const void *left, const void *right))
{
    uint32_t *map = reallocarray(NULL, table->row_count + 1, sizeof *map);
    int result;

    if (map == NULL)
        return -1;
    for (size_t i = 0; i < table->row_count; i++)
        table->rows[i].before = (uint32_t)i;
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

int table_order(struct table *table, struct message *message)
{
    hash_free(&table->index);
    if (sort_rows(table, compare_places) != 0)
        return no_memory(message);
    sum_up(table);
    return 0;
}

int table_finish(struct table *table, int how, struct message *message)
{
    int keep_order = how & TABLE_KEEP_ORDER;

    if ((keep_order && sort_rows(table, compare_places) != 0) || table_names_give(table, how) != 0)
        return no_memory(message);
    if (keep_order)
        return 0; /* and keep what table_merge() has summed up, file by file */
    if (sort_rows(table, table->tracked != NULL ? compare_tracked : compare_rows) != 0)
        return no_memory(message);
    if (table->tracked != NULL)
        drop_uncalled(table);
    table_edges_sort(&table->edges);
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
        return no_memory(message);
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
