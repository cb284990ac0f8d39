/*
 * tree_report.h - what `stats --tree` prints: the call tree of merged profiles, from the top or to one
 * function.
 */
#ifndef TREE_REPORT_H
#define TREE_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "message.h"
#include "model.h"
#include "report.h"

/* The directions' names: for completion. */
#define TREE_DIRECTIONS "callees callers"

struct tree_settings {
    int wanted;
    int upwards;          /* from FUNCTION to its callers */
    const char *function; /* a function's name, or a regular expression for file:line(function) */
    double min_percent;
    int64_t limit; /* lines; -1: all */
};

/* Takes what follows --tree into SETTINGS: NULL, a direction, and the function after "callers". Returns 1 if
 * that is still to come, -1 with a message if TEXT is no direction. */
int tree_settings_take(struct tree_settings *settings, const char *text, struct message *message);

/* Prints the tree of PROFILE, which is merged (merge.h). HEAD has its finished table, whose rows are ROW_OF
 * its functions (table_track()), and the titles and unit. -1 with a message. */
int tree_report_print(FILE *stream, const struct tree_settings *settings, const struct report *head,
                      const struct profile *profile, const uint32_t *row_of, struct message *message);

#endif
