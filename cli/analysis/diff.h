/*
 * diff.h - what has changed between two tables: the report of `stats NEW --diff OLD`.
 *
 *        ncalls   tottime       %   percall   cumtime       %   percall filename:lineno(function)
 *            +0  +20.00ms  +50.0%  +200.0us  +20.00ms  +25.0%  +200.0us main.c:3(work)
 *          +100  +1.000ms     new  +10.00us  +1.000ms     new  +10.00us main.c:9(check)
 *
 * Percentages are of the old figure. Functions are matched loosely (match.h).
 */
#ifndef CLI_ANALYSIS_DIFF_H
#define CLI_ANALYSIS_DIFF_H

#include <stddef.h>
#include <stdio.h>

#include "cli/base/message.h"
#include "cli/report/text_table.h"
#include "cli/table/rows.h"

/* Its ROW has the sizes of the changes as its figures, and the function's new name and place: so lists of
 * them are sorted and restricted as any table. It is the first member: a row of such a list is a diff_row. */
struct diff_row {
    struct table_row row;
    const struct table_row *before, *now; /* NULL: it was not, or is no longer called */
};

struct diff {
    const struct table *before, *now;
    struct diff_row *rows; /* in the order of NOW, then those that are gone */
    size_t count;
};

/* Compares two finished tables that measure the same, which must outlive the comparison. -1 with a message
 * without memory. */
int diff_open(struct diff *diff, const struct table *before, const struct table *now,
              struct message *message);

/* All rows. */
int diff_list(const struct diff *diff, struct table_list *list, struct message *message);

/* Prints the rows of REPORT's list, which is of DIFF; the first TITLE_COUNT titles are of the new files, and
 * one of the old file comes behind them. Errors are left in the stream's error flag. */
void diff_print(FILE *stream, const struct diff *diff, const struct report *report);
void diff_print_csv(FILE *stream, const struct diff *diff, const struct table_list *list);

/* A zeroed one is fine. */
void diff_close(struct diff *diff);

#endif
