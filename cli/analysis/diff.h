/*
 * diff.h - compares two tables, function by function. Functions are matched loosely (match.h).
 */
#ifndef CLI_ANALYSIS_DIFF_H
#define CLI_ANALYSIS_DIFF_H

#include <stddef.h>

#include "cli/base/message.h"
#include "cli/table/rows.h"

/* A function in both tables. ROW has the sizes of the changes as its figures, and the function's new name and
 * place. So lists of such rows can be sorted and restricted. ROW is the first member: a row of such a list is
 * a diff_row. */
struct diff_row {
    struct table_row row;
    const struct table_row *before; /* NULL: the function was not called before */
    const struct table_row *now;    /* NULL: it is no longer called */
};

struct diff {
    const struct table *before, *now;
    struct diff_row *rows; /* in the order of NOW, then those that are gone */
    size_t count;
};

/* Compares two finished tables of one measure, which must outlive DIFF. Returns 0, or -1 and fills
 * MESSAGE. */
int diff_open(struct diff *diff, const struct table *before, const struct table *now,
              struct message *message);

/* Lists all rows of DIFF, which must outlive LIST. Returns 0, or -1 and fills MESSAGE. */
int diff_list(const struct diff *diff, struct table_list *list, struct message *message);

/* Frees what DIFF holds. */
void diff_close(struct diff *diff);

#endif
