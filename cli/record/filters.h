/*
 * filters.h - what `profile` leaves out: the options that say so, on the command line or in a file.
 *
 *     # one to a line, with or without their dashes
 *     only     parse_*
 *     exclude  std::*
 *     depth    5
 *     min-time 10us
 *     throttle 100000:20
 *
 * They travel to the resolver (filter_resolve.h), and to who recovers a profile, in the same form.
 */
#ifndef CLI_RECORD_FILTERS_H
#define CLI_RECORD_FILTERS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/record/pattern.h"

struct filter {
    struct pattern pattern;
    int is_only; /* --only, and not --exclude */
    int has_matched;
};

/* A zeroed struct leaves out nothing. */
struct filters {
    struct filter *items;
    size_t count;
    int has_only;
    int64_t depth;          /* 0: any */
    double min_time;        /* ns, or what the timer counts */
    int64_t throttle_calls; /* 0: nothing is throttled */
    int64_t throttle_ns;    /* 0: what recording a call costs */
};

/* Takes the option NAME with VALUE (NULL: it has none). -1 with a message, which does not name the option. */
int filters_take(struct filters *filters, const char *name, const char *value, struct message *message);

/* Takes the options in the file PATH. -1 with a message that has the file and the line. */
int filters_read(struct filters *filters, const char *path, struct message *message);

/* Is anything left out? */
int filters_are_on(const struct filters *filters);

/* The options as they would be written in a file; SHORT: in one line, and no longer than one can read. To be
 * freed; NULL without memory. */
char *filters_text(const struct filters *filters, int is_short);

/* Is the function NAME, with its parameters (NULL: it has none), that FILE (or NULL) defines left out? Notes
 * which patterns matched. -1 with a message if to find out takes too long. */
int filters_exclude(struct filters *filters, const char *name, const char *full_name, const char *file,
                    struct message *message);

/* Frees what they hold; a zeroed struct is fine. */
void filters_free(struct filters *filters);

#endif
