/*
 * lookup.h - the lookup that the symbolizer's child makes, and the form of its answer.
 *
 * lookup_work() runs in the child, where it may crash. lookup_decode() runs in the parent and trusts nothing
 * in the answer.
 */
#ifndef SYMBOLIZER_LOOKUP_H
#define SYMBOLIZER_LOOKUP_H

#include "symbolizer/symbolizer.h"

#include <stddef.h>
#include <stdint.h>

struct lookup {
    const struct symbolizer_module *module;
    const struct symbol *symbols; /* only their addresses are read */
    size_t count;
    int without_dwarf;     /* 1: use the ELF symbols only, which need no libdwarf */
    const char *separate;  /* path of the separate debug file, if no other is found; NULL: there is none */
    const char *alternate; /* path of the alternate file, if no other is found; NULL: there is none */
};

/* A debug file that was missing, and could have told more. */
struct lookup_missing {
    unsigned char build_id[SYMBOLIZER_BUILD_ID_MAX];
    uint64_t build_id_size; /* bytes; 0: none is missing */
    uint64_t is_alternate;  /* 1: it is an alternate file; 0: a separate debug file */
};

/* Returns the bytes of memory that a file of FILE_SIZE bytes adds to the limit of a lookup. */
uint64_t lookup_memory(uint64_t file_size);

/* Returns the seconds of processor time that a file of FILE_SIZE bytes adds to the limit of a lookup. */
unsigned lookup_seconds(uint64_t file_size);

/* Returns the most bytes that a sound answer about COUNT addresses can have. */
size_t lookup_answer_limit(size_t count);

/* Makes a lookup: an isolation_work whose ARGUMENT is a struct lookup. */
int lookup_work(void *argument, void **answer, size_t *size);

/*
 * Fills in COUNT SYMBOLS, MESSAGE and MISSING from ANSWER, of SIZE bytes. The symbols' strings point into
 * ANSWER. Returns 0, or -1 and changes nothing if the answer is not well-formed.
 */
int lookup_decode(char *answer, size_t size, struct symbol *symbols, size_t count, char *message,
                  struct lookup_missing *missing);

/* Sets MESSAGE to PATH and TEXT, as one printable line. A PATH that is too long loses its beginning. */
void lookup_message(char *message, const char *path, const char *text);

#endif
