/*
 * wanted.h - the wanted addresses of a lookup, and the function that was found for each.
 *
 * For the parts of the symbolizer that run in its child. Invariants: the functions are sorted by address; no
 * address occurs twice; the names that were chosen and the files are in the pool.
 */
#ifndef SYMBOLIZER_WANTED_H
#define SYMBOLIZER_WANTED_H

#include "symbolizer/symbolizer.h"

#include <stddef.h>
#include <stdint.h>

/* A string in the pool. */
struct pooled_string {
    size_t offset; /* bytes before it when all strings are written one after another, in order of arrival */
    char text[];
};

/* A set of strings, which keeps each once: thousands of functions share one file name. */
struct string_pool {
    struct pooled_string **slots; /* a hash table with open addressing; NULL: the slot is free */
    size_t slot_count, used;
    size_t bytes; /* of all strings, with their final zeros */
    size_t limit; /* the most that bytes may become: a string beyond it is not kept */
};

struct wanted_function {
    uint64_t address;         /* first: see addresses.h */
    const char *linkage_name; /* DWARF's */
    const char *plain_name;   /* DWARF's DW_AT_name */
    const char *name;         /* the name that was chosen, in the pool */
    const char *file;         /* in the pool */
    uint32_t line;
    enum symbolizer_language language;
    unsigned char covered; /* a DWARF function holds the address */
    unsigned char entered; /* a DWARF function starts at the address */
};

struct wanted {
    struct wanted_function *functions;
    size_t count;
    struct string_pool strings;
};

/* Makes the set of COUNT ADDRESSES and a pool of STRING_LIMIT bytes. Returns 0, or -1 if memory is short. */
int wanted_init(struct wanted *wanted, const uint64_t *addresses, size_t count, size_t string_limit);
/* Frees the set and the pool. Accepts a zeroed struct. */
void wanted_free(struct wanted *wanted);

/* Returns the index of the first function at or above ADDRESS, or wanted->count if there is none. */
size_t wanted_from(const struct wanted *wanted, uint64_t address);

/* Returns the function at ADDRESS, which must be in the set. */
struct wanted_function *wanted_at(const struct wanted *wanted, uint64_t address);

/* Returns the pool's copy of STRING. Returns NULL if there is no room, or STRING is too long for a name. */
const char *string_pool_keep(struct string_pool *pool, const char *string);

/* Returns the offset of KEPT, which string_pool_keep() returned, in the output of string_pool_write(). */
size_t string_pool_offset(const char *kept);

/* Writes all strings, one after another, to TO, which has room for pool->bytes. */
void string_pool_write(const struct string_pool *pool, char *to);

#endif
