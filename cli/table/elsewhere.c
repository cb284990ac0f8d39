/*
 * elsewhere.c - finds the rows of functions in other modules. See elsewhere.h.
 *
 * Strings are compared by address, because they are interned.
 */
#include "cli/table/elsewhere.h"

#include <stdlib.h>

static uint64_t place_hash(const struct table_row *row)
{
    const uint64_t key[] = {(uintptr_t)row->file, (uintptr_t)row->function, row->line};

    return hash_bytes(key, sizeof key, 0);
}

static int same_place(const void *owner, uint32_t value, const void *key)
{
    const struct table_row *a = &((const struct table *)owner)->rows[value], *b = key;

    return a->file == b->file && a->line == b->line && a->function == b->function;
}

static uint32_t find_first(const struct elsewhere *elsewhere, const struct table_row *row)
{
    return hash_find(&elsewhere->rows, place_hash(row), (struct hash_lookup){same_place, elsewhere->table},
                     row);
}

static int compare_addresses(const void *left, const void *right)
{
    uintptr_t a = (uintptr_t) * (const char *const *)left, b = (uintptr_t) * (const char *const *)right;

    return (a > b) - (a < b);
}

static int has_module(const struct elsewhere *elsewhere, const char *module)
{
    return bsearch(&module, elsewhere->modules, elsewhere->profile->module_count, sizeof module,
                   compare_addresses) != NULL;
}

/* Fills ELSEWHERE for the first function that needs it: most profiles have none. Returns 0, or -1 without
 * memory. */
static int prepare(struct elsewhere *elsewhere)
{
    const struct profile *profile = elsewhere->profile;
    struct table *table = elsewhere->table;

    elsewhere->modules = calloc(profile->module_count + 1, sizeof *elsewhere->modules);
    elsewhere->taken = calloc(elsewhere->before, 1);
    if (elsewhere->modules == NULL || elsewhere->taken == NULL)
        return -1;
    for (size_t i = 0; i < profile->module_count; i++)
        if ((elsewhere->modules[i] = intern_string(&table->strings, profile->modules[i].file.path)) == NULL)
            return -1;
    if (profile->module_count > 0)
        qsort(elsewhere->modules, profile->module_count, sizeof *elsewhere->modules, compare_addresses);
    for (uint32_t i = 0; i < elsewhere->before; i++)
        if (table->rows[i].has_source && table->rows[i].function != NULL &&
            find_first(elsewhere, &table->rows[i]) == HASH_NONE &&
            hash_insert(&elsewhere->rows, place_hash(&table->rows[i]), i) != 0)
            return -1;
    return 0;
}

int elsewhere_find(struct elsewhere *elsewhere, const struct table_row *row, uint32_t *found)
{
    *found = HASH_NONE;
    if (elsewhere->before == 0 || !row->has_source || row->function == NULL)
        return 0;
    if (elsewhere->modules == NULL && prepare(elsewhere) != 0)
        return -1;
    uint32_t first = find_first(elsewhere, row);
    if (first == HASH_NONE || elsewhere->taken[first] ||
        has_module(elsewhere, elsewhere->table->rows[first].module))
        return 0;
    elsewhere->taken[first] = 1;
    *found = first;
    return 0;
}

void elsewhere_free(struct elsewhere *elsewhere)
{
    free(elsewhere->modules);
    free(elsewhere->taken);
    hash_free(&elsewhere->rows);
}
