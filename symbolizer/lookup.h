/*
 * lookup.h - the lookup itself: what the symbolizer's child does, and the form its answer travels in.
 *
 * For symbolizer.c. lookup_work() runs in the child, where it may crash; lookup_decode() runs in the parent
 * and trusts nothing of what it is given.
 */
#ifndef SYMBOLIZER_LOOKUP_H
#define SYMBOLIZER_LOOKUP_H

#include "symbolizer/symbolizer.h"

#include <stddef.h>
#include <stdint.h>

struct lookup {
    const struct symbolizer_module *module;
    const struct symbol *symbols; /* their addresses are read */
    size_t count;
    int without_dwarf; /* ELF symbols only */
};

/* What reading a file of this size may take, beyond what any lookup may: bytes, and seconds of processor
 * time. */
uint64_t lookup_memory(uint64_t file_size);
unsigned lookup_seconds(uint64_t file_size);

/* More than this is in no sane answer about COUNT addresses. */
size_t lookup_answer_limit(size_t count);

/* An isolation_work; the argument is a struct lookup. */
int lookup_work(void *argument, void **answer, size_t *size);

/*
 * Fills in SYMBOLS, whose strings then point into ANSWER, and MESSAGE. Returns 0; -1, with nothing changed,
 * if the answer is not well-formed.
 */
int lookup_decode(char *answer, size_t size, struct symbol *symbols, size_t count, char *message);

/* Sets MESSAGE to one line of printable text; a PATH that is too long for it loses its front. */
void lookup_message(char *message, const char *path, const char *text);

#endif
