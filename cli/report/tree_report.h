/*
 * tree_report.h - prints the report of `stats --tree`: the call tree of merged profiles, from the top down,
 * or from a function up to its callers.
 */
#ifndef CLI_REPORT_TREE_REPORT_H
#define CLI_REPORT_TREE_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/report/view.h"
#include "cli/table/rows.h"

/* The names of the directions, separated by spaces: for completion. */
#define TREE_DIRECTIONS "callees callers"

struct tree_settings {
    int wanted;
    int upwards;          /* from FUNCTION to its callers */
    const char *function; /* a function's name, or a regular expression for file:line(function) */
    double min_percent;   /* negative: 1, or 0 if the tree is restricted or comma-separated */
    int64_t limit;        /* lines; -1: all */
};

/* Takes a word after --tree: NULL for none, a direction, or the function that follows "callers". Returns 0,
 * or 1 if the function is still to come. Returns -1 and fills MESSAGE if TEXT is not a direction. */
int tree_settings_take(struct tree_settings *settings, const char *text, struct message *message);

/*
 * Prints the tree of PROFILE, which is merged (cli/model/merge.h). ROW_OF gives the rows of its functions in
 * the finished TABLE (table_track()). VIEW gives the titles, the unit, the order of siblings, and whether to
 * print comma-separated values. Its restrictions choose functions: only nodes that lead to these are printed.
 * Returns 0, or -1 and fills MESSAGE.
 */
int tree_report_print(FILE *stream, const struct tree_settings *settings, const struct view *view,
                      const struct table *table, const struct profile *profile, const uint32_t *row_of,
                      struct message *message);

#endif
