/*
 * spread.h - how evenly a function's time, or calls, are spread over files: the report of `stats --by file`.
 *
 *       files    ncalls      min     mean      max  imbal filename:lineno(function)
 *           4      4000  1.000ms  2.500ms  4.000ms  60.0% main.c:3(work)
 *
 * What is spread is one figure that each file has of the function. A file in which it was not called counts
 * as 0, or not at all if the figure is a time per call. Imbalance is by how much the greatest exceeds the
 * mean. Functions are matched exactly (match.h), a file at a time, so the memory does not grow with the
 * number of files.
 */
#ifndef CLI_ANALYSIS_SPREAD_H
#define CLI_ANALYSIS_SPREAD_H

#include <stdint.h>
#include <stdio.h>

#include "cli/base/intern.h"
#include "cli/base/message.h"
#include "cli/report/text_table.h"
#include "cli/table/rows.h"
#include "cli/table/sort.h"

/* ROW has the sums of all files, so lists of these are sorted and restricted as any table. It is the first
 * member: a row of such a list is a spread_row. */
struct spread_row {
    struct table_row row;
    double min, max, sum; /* of the figure, in the files that call it */
    uint64_t files;       /* that call it */
};

/* Zeroed, there are no files. */
struct spread {
    enum sort_figure figure; /* set before anything is added */
    struct spread_row *rows; /* in the order in which they were met */
    size_t count;
    uint64_t files;
    int counts; /* the tables' times are no times */
    struct intern strings;
};

/* Adds the finished table of one file, which may be freed afterwards. -1 with a message without memory. */
int spread_add(struct spread *spread, const struct table *table, struct message *message);

/* All rows. Nothing can be added while the list is in use. */
int spread_list(const struct spread *spread, struct table_list *list, struct message *message);

/* Print the rows of a list of SPREAD's; errors are left in the stream's error flag. */
void spread_print(FILE *stream, const struct spread *spread, const struct report *report);
void spread_print_csv(FILE *stream, const struct spread *spread, const struct table_list *list);

void spread_free(struct spread *spread);

#endif
