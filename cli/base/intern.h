/*
 * intern.h - one copy of every string: equal strings are the same pointer, and live as long as the pool.
 *
 * So a table outlives the profiles it was summed from, and compares names by address. A zeroed struct is an
 * empty pool.
 */
#ifndef CLI_BASE_INTERN_H
#define CLI_BASE_INTERN_H

#include <stddef.h>

#include "cli/base/blocks.h"
#include "cli/base/hash.h"

struct intern {
    struct blocks blocks; /* with the strings, and what else shall live as long */
    const char **strings; /* by the number the index knows them by */
    size_t count, capacity;
    struct hash index;
};

/* The pool's copy of TEXT, or NULL without memory (blocks.h says how much there is). */
const char *intern_string(struct intern *pool, const char *text);

void intern_free(struct intern *pool);

#endif
