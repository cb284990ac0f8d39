/*
 * filters.h - the options of `profile` that leave functions out, from the command line or a file.
 *
 *     # one to a line, with or without their dashes
 *     only     parse_*
 *     exclude  std::*
 *     depth    5
 *     min-time 10us
 *     throttle 100000:20
 *
 * The resolver (resolver.h) and the recovery of a profile get them in this form too.
 */
#ifndef CLI_RECORD_FILTERS_H
#define CLI_RECORD_FILTERS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/record/pattern.h"

struct filter {
    struct pattern pattern;
    int is_only; /* of --only; 0: of --exclude */
    int has_matched;
};

/* A zeroed struct leaves nothing out. */
struct filters {
    struct filter *items;
    size_t count;
    int has_only;
    int64_t depth;          /* 0: any */
    double min_time;        /* nanoseconds, or units of the timer */
    int64_t throttle_calls; /* 0: nothing is throttled */
    int64_t throttle_ns;    /* nanoseconds; 0: the cost of recording a call */
};

/* Adds the option NAME with VALUE, which is NULL if it has none. Returns 0, or -1 and fills MESSAGE, which
 * does not name the option. */
int filters_take(struct filters *filters, const char *name, const char *value, struct message *message);

/* Adds the options in the file PATH. Returns 0, or -1 and fills MESSAGE, with the file and the line in it. */
int filters_read(struct filters *filters, const char *path, struct message *message);

/* Returns 1 if FILTERS leave anything out. */
int filters_are_on(const struct filters *filters);

/* Returns the options as a file has them; or, if IS_SHORT, in one line, with a few patterns at most. The
 * caller frees the text. Returns NULL without memory. */
char *filters_text(const struct filters *filters, int is_short);

/* Returns 1 if the function NAME is left out, else 0. FULL_NAME has its parameters, or is NULL; FILE defines
 * it, or is NULL. Notes which patterns matched. Returns -1 and fills MESSAGE if a pattern takes too long. */
int filters_exclude(struct filters *filters, const char *name, const char *full_name, const char *file,
                    struct message *message);

/* Frees what FILTERS hold; a zeroed struct is fine. */
void filters_free(struct filters *filters);

#endif
