/*
 * intern.c - one copy of every string. See intern.h.
 */
#include "cli/base/intern.h"

#include <stdlib.h>
#include <string.h>

static int same_string(const void *owner, uint32_t value, const void *key)
{
    const struct intern *pool = owner;

    return strcmp(pool->strings[value], key) == 0;
}

static int reserve(struct intern *pool)
{
    if (pool->count < pool->capacity)
        return 0;
    size_t capacity = pool->capacity == 0 ? 256 : 2 * pool->capacity;
    const char **strings = reallocarray(pool->strings, capacity, sizeof *strings);
    if (strings == NULL)
        return -1;
    pool->strings = strings;
    pool->capacity = capacity;
    return 0;
}

uint32_t intern_number(struct intern *pool, const char *text)
{
    size_t length = strlen(text);
    uint64_t hash = hash_bytes(text, length, 0);
    uint32_t found =
        hash_find(&pool->index, hash, (struct hash_lookup){.same = same_string, .owner = pool}, text);

    if (found != HASH_NONE)
        return found;
    if (pool->count >= HASH_NONE || reserve(pool) != 0)
        return HASH_NONE;
    char *copy = blocks_room(&pool->blocks, length + 1);
    if (copy == NULL || hash_insert(&pool->index, hash, (uint32_t)pool->count) != 0)
        return HASH_NONE;
    memcpy(copy, text, length + 1);
    pool->strings[pool->count] = copy;
    return (uint32_t)pool->count++;
}

const char *intern_string(struct intern *pool, const char *text)
{
    uint32_t number = intern_number(pool, text);

    return number != HASH_NONE ? pool->strings[number] : NULL;
}

void intern_free(struct intern *pool)
{
    blocks_free(&pool->blocks);
    free(pool->strings);
    hash_free(&pool->index);
    *pool = (struct intern){0};
}
