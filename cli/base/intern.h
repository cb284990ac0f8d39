/*
 * intern.h - one copy of every string: equal strings are one pointer, and live as long as the pool.
 *
 * So a table outlives the profiles that it was summed from, and compares names by address. A zeroed struct is
 * an empty pool.
 */
#ifndef CLI_BASE_INTERN_H
#define CLI_BASE_INTERN_H

#include <stddef.h>

#include "cli/base/blocks.h"
#include "cli/base/hash.h"

struct intern {
    struct blocks blocks; /* the strings, and other bytes that live as long */
    const char **strings; /* by their numbers in the index */
    size_t count, capacity;
    struct hash index;
};

/* Returns the pool's copy of TEXT, or NULL without memory, or beyond BLOCKS_MOST (blocks.h). */
const char *intern_string(struct intern *pool, const char *text);

/* Returns the number of the pool's copy of TEXT, in the order in which they came, or HASH_NONE for lack of
 * memory. */
uint32_t intern_number(struct intern *pool, const char *text);

void intern_free(struct intern *pool);

#endif
