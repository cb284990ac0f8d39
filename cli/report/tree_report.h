/*
 * tree_report.h - what `stats --tree` prints: the call tree of merged profiles, from the top or to one
 * function.
 */
#ifndef CLI_REPORT_TREE_REPORT_H
#define CLI_REPORT_TREE_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/report/view.h"
#include "cli/table/rows.h"

/* The directions' names: for completion. */
#define TREE_DIRECTIONS "callees callers"

struct tree_settings {
    int wanted;
    int upwards;          /* from FUNCTION to its callers */
    const char *function; /* a function's name, or a regular expression for file:line(function) */
    double min_percent;   /* below 0: 1; or 0 where the tree is restricted, or read by a program */
    int64_t limit;        /* lines; -1: all */
};

/* Takes what follows --tree into SETTINGS: NULL, a direction, and the function after "callers". Returns 1 if
 * that is still to come, -1 with a message if TEXT is no direction. */
int tree_settings_take(struct tree_settings *settings, const char *text, struct message *message);

/*
 * Prints the tree of PROFILE, which is merged (merge.h); the rows of its functions in TABLE, which is
 * finished, are ROW_OF (table_track()). Of VIEW are taken: the titles and the unit; CSV, or else text; the
 * order, which is that of siblings; and the restrictions, which choose functions as they choose rows of the
 * table: only what leads to these is printed. -1 with a message.
 */
int tree_report_print(FILE *stream, const struct tree_settings *settings, const struct view *view,
                      const struct table *table, const struct profile *profile, const uint32_t *row_of,
                      struct message *message);

#endif
