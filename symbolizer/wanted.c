/*
 * wanted.c - the sorted set of wanted addresses, and the pool of strings. See wanted.h.
 */
#include "symbolizer/wanted.h"

#include <stdlib.h>
#include <string.h>

#include "symbolizer/addresses.h"

enum {
    STRING_MAX = 1 << 16, /* bytes; no name or path is as long */
    POOL_FIRST_SLOTS = 1024
};

static int compare_functions(const void *a, const void *b)
{
    uint64_t left = ((const struct wanted_function *)a)->address;
    uint64_t right = ((const struct wanted_function *)b)->address;

    return (left > right) - (left < right);
}

int wanted_init(struct wanted *wanted, const uint64_t *addresses, size_t count, size_t string_limit)
{
    size_t kept = 0;

    memset(wanted, 0, sizeof *wanted);
    wanted->strings.limit = string_limit;
    wanted->functions = calloc(count > 0 ? count : 1, sizeof *wanted->functions);
    if (wanted->functions == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        wanted->functions[i].address = addresses[i];
    qsort(wanted->functions, count, sizeof *wanted->functions, compare_functions);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || wanted->functions[i].address != wanted->functions[kept - 1].address)
            wanted->functions[kept++] = wanted->functions[i];
    wanted->count = kept;
    return 0;
}

void wanted_free(struct wanted *wanted)
{
    for (size_t i = 0; i < wanted->strings.slot_count; i++)
        free(wanted->strings.slots[i]);
    free(wanted->strings.slots);
    free(wanted->functions);
    memset(wanted, 0, sizeof *wanted);
}

size_t wanted_from(const struct wanted *wanted, uint64_t address)
{
    return addresses_from(wanted->functions, wanted->count, sizeof *wanted->functions, address);
}

struct wanted_function *wanted_at(const struct wanted *wanted, uint64_t address)
{
    return &wanted->functions[wanted_from(wanted, address)];
}

static size_t string_hash(const char *string, size_t length)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)string[i]) * 1099511628211u;
    return (size_t)(hash ^ hash >> 32);
}

static int pool_grow(struct string_pool *pool)
{
    size_t count = pool->slot_count > 0 ? pool->slot_count * 2 : POOL_FIRST_SLOTS;
    struct pooled_string **slots = calloc(count, sizeof *slots);

    if (slots == NULL)
        return -1;
    for (size_t i = 0; i < pool->slot_count; i++) {
        size_t at;
        if (pool->slots[i] == NULL)
            continue;
        at = string_hash(pool->slots[i]->text, strlen(pool->slots[i]->text)) & (count - 1);
        while (slots[at] != NULL)
            at = (at + 1) & (count - 1);
        slots[at] = pool->slots[i];
    }
    free(pool->slots);
    pool->slots = slots;
    pool->slot_count = count;
    return 0;
}

const char *string_pool_keep(struct string_pool *pool, const char *string)
{
    size_t length = strnlen(string, STRING_MAX), at;

    if (length == STRING_MAX)
        return NULL;
    if (pool->used * 2 >= pool->slot_count && pool_grow(pool) != 0)
        return NULL;
    for (at = string_hash(string, length) & (pool->slot_count - 1); pool->slots[at] != NULL;
         at = (at + 1) & (pool->slot_count - 1))
        if (strcmp(pool->slots[at]->text, string) == 0)
            return pool->slots[at]->text;
    if (length + 1 > pool->limit - pool->bytes)
        return NULL;
    pool->slots[at] = malloc(sizeof **pool->slots + length + 1);
    if (pool->slots[at] == NULL)
        return NULL;
    pool->slots[at]->offset = pool->bytes;
    memcpy(pool->slots[at]->text, string, length + 1);
    pool->used++;
    pool->bytes += length + 1;
    return pool->slots[at]->text;
}

size_t string_pool_offset(const char *kept)
{
    return ((const struct pooled_string *)(const void *)(kept - offsetof(struct pooled_string, text)))
        ->offset;
}

void string_pool_write(const struct string_pool *pool, char *to)
{
    for (size_t i = 0; i < pool->slot_count; i++)
        if (pool->slots[i] != NULL)
            memcpy(to + pool->slots[i]->offset, pool->slots[i]->text, strlen(pool->slots[i]->text) + 1);
}
