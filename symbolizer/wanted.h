/*
 * wanted.h - the functions a lookup is about: the wanted addresses, and what has been found out about each.
 *
 * For the parts of the symbolizer that run in its child. Invariants: the functions are sorted by address and
 * no address is there twice; every string lives in the pool.
 */
#ifndef SYMBOLIZER_WANTED_H
#define SYMBOLIZER_WANTED_H

#include "symbolizer/symbolizer.h"

#include <stddef.h>
#include <stdint.h>

/* A string and where it lies when all of them are laid out one behind the other, in the order they came. */
struct pooled_string {
    size_t offset;
    char text[];
};

/* Strings that were seen before are kept once: thousands of functions share one file name. */
struct string_pool {
    struct pooled_string **slots; /* open addressing; NULL: free */
    size_t slot_count, used;
    size_t bytes, limit; /* of all strings, with their ends; past the limit no more are kept */
};

struct wanted_function {
    uint64_t address;         /* first: see addresses.h */
    const char *linkage_name; /* DWARF's */
    const char *plain_name;   /* DWARF's DW_AT_name */
    const char *name;         /* the one that was chosen; kept in the pool, as is the file */
    const char *file;
    uint32_t line;
    enum symbolizer_language language;
    unsigned char covered; /* a DWARF function holds the address */
    unsigned char entered; /* and starts there */
};

struct wanted {
    struct wanted_function *functions;
    size_t count;
    struct string_pool strings;
};

/* Makes the set of ADDRESSES. Returns 0, or -1 without memory. wanted_free() accepts a zeroed struct. */
int wanted_init(struct wanted *wanted, const uint64_t *addresses, size_t count, size_t string_limit);
void wanted_free(struct wanted *wanted);

/* The index of the first function at or above ADDRESS (wanted->count if there is none). */
size_t wanted_from(const struct wanted *wanted, uint64_t address);

/* The function at ADDRESS, which is in the set. */
struct wanted_function *wanted_at(const struct wanted *wanted, uint64_t address);

/* The pool's copy of STRING; NULL if there is no room, or the string is too long to be a name. */
const char *string_pool_keep(struct string_pool *pool, const char *string);

/* Where a kept string lies in the layout, and the layout itself: TO has room for pool->bytes. */
size_t string_pool_offset(const char *kept);
void string_pool_write(const struct string_pool *pool, char *to);

#endif
