/*
 * spread.h - how evenly a figure of each function, as its time or calls, is spread over files.
 *
 * Functions are matched exactly (match.h), one file at a time, so the memory does not grow with the number of
 * files.
 */
#ifndef CLI_ANALYSIS_SPREAD_H
#define CLI_ANALYSIS_SPREAD_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/intern.h"
#include "cli/base/message.h"
#include "cli/table/rows.h"
#include "cli/table/sort.h"

/* A function in all files. ROW has the sums of the files. So lists of such rows can be sorted and restricted.
 * ROW is the first member: a row of such a list is a spread_row. */
struct spread_row {
    struct table_row row;
    double min, max, sum; /* of the figure, over the files that call the function */
    double min_variance, max_variance, sum_variance; /* of these, in ns squared */
    uint64_t files;                                  /* that call it */
};

/* A zeroed struct has no files. */
struct spread {
    enum sort_figure figure; /* set before anything is added */
    struct spread_row *rows; /* in the order in which they were met */
    size_t count;
    uint64_t files;
    int counts; /* the times of the tables are not times */
    struct intern strings;
};

/* Adds the finished table of one file, which may be freed afterwards. Returns 0, or -1 and fills MESSAGE. */
int spread_add(struct spread *spread, const struct table *table, struct message *message);

/* Lists all rows. Nothing may be added while the list is in use. Returns 0, or -1 and fills MESSAGE. */
int spread_list(const struct spread *spread, struct table_list *list, struct message *message);

/* Returns 1 if the figure is a number of calls. */
int spread_is_count(const struct spread *spread);

/* Returns 1 if the figure is a time per call. */
int spread_is_per_call(const struct spread *spread);

/* Returns the least figure, or the mean, of all files. A file that does not call the function counts as 0. If
 * the figure is a time per call, it does not count. */
double spread_min(const struct spread *spread, const struct spread_row *row);
double spread_mean(const struct spread *spread, const struct spread_row *row);

/* Returns the variances of the least figure and of the mean, in ns squared. */
double spread_min_variance(const struct spread *spread, const struct spread_row *row);
double spread_mean_variance(const struct spread *spread, const struct spread_row *row);

/* Returns by how many percent the greatest figure exceeds the mean. */
double spread_imbalance(const struct spread *spread, const struct spread_row *row);

/* Frees what SPREAD holds. */
void spread_free(struct spread *spread);

#endif
