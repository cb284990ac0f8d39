/*
 * suggest.h - finds functions and files that should not be instrumented, because recording them costs more
 * than it tells.
 *
 * A suggestion is made for functions that are tiny and hot. They take less time themselves than a few times
 * what it costs to record them. Recording them costs at least SUGGEST_SHARE of the run. Functions of the
 * system's headers need not be tiny: their time tells little of the user's own code.
 */
#ifndef CLI_ANALYSIS_SUGGEST_H
#define CLI_ANALYSIS_SUGGEST_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/build/compiler.h"
#include "cli/table/rows.h"

#define SUGGEST_SHARE 0.01

enum suggest_how {
    SUGGEST_FUNCTION, /* one function */
    SUGGEST_FILE,     /* all functions of a file of the user */
    SUGGEST_HEADERS,  /* all functions that headers of the system define */
};

struct suggestion {
    enum suggest_how how;
    const struct table_row *row; /* the function, or one of the file; NULL for headers */
    size_t functions;
    uint64_t calls; /* that are left out */
    double saved;   /* ns that recording these calls cost */
};

struct suggestions {
    const struct table *table;
    struct suggestion *items; /* those that save most first */
    size_t count;
    struct suggestion headers; /* all functions of headers, suggested or not */
};

/* Fills SUGGESTIONS from TABLE, which must outlive them: at most LIMIT, or all if LIMIT is negative. Files
 * are suggested only for gcc, which has a flag for them. Returns 0, or -1 and fills MESSAGE. */
int suggest_make(struct suggestions *suggestions, const struct table *table, enum compiler_kind compiler,
                 int64_t limit, struct message *message);

/* Returns 1 if SUGGESTION leaves out the function of ROW. */
int suggest_has(const struct suggestion *suggestion, const struct table_row *row);

/* Frees what SUGGESTIONS hold. */
void suggest_free(struct suggestions *suggestions);

#endif
