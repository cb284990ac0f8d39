/*
 * sort.h - orders the rows of a table, with the keys of Python's pstats.
 *
 * pstats has thirteen keys, each of which a unique prefix may name. The numbers -1, 0, 1 and 2 of its old
 * interface are keys too. Four more keys order by times per call and by waiting. Calls and times sort
 * downwards, names and lines upwards. Rows that the keys leave equal keep the order of the table, so equal
 * input gives equal output.
 */
#ifndef CLI_TABLE_SORT_H
#define CLI_TABLE_SORT_H

#include <stddef.h>
#include <stdio.h>

#include "cli/table/rows.h"

enum { SORT_KEYS_MAX = 16, SORT_LABEL_MAX = SORT_KEYS_MAX * 32 };

/* The names of all keys, separated by spaces: for help and completion. */
#define SORT_KEYS                                                                                            \
    "calls cumpercall cumtime cumulative cumwait filename line module name ncalls nfl pcalls percall "       \
    "stdname time tottime waittime"

struct sort_key;

/* A zeroed struct has no keys. */
struct sort_order {
    const struct sort_key *keys[SORT_KEYS_MAX];
    size_t count;
    int is_number; /* its only key is a number */
};

/* Appends the keys named in TEXT, separated by commas. Returns 0, or -1 and fills MESSAGE with the names of
 * all keys. */
int sort_parse(struct sort_order *order, const char *text, struct message *message);

/* Prints each of pstats's keys and its description on a line. */
void sort_print_keys(FILE *stream);

/* Writes the descriptions of the keys for the line "Ordered by": "cumulative time, function name". */
void sort_label(const struct sort_order *order, char label[SORT_LABEL_MAX]);

/* The figures of a row by which it can be ordered. */
enum sort_figure {
    SORT_TOTTIME,
    SORT_CUMTIME,
    SORT_NCALLS,
    SORT_PCALLS,
    SORT_PERCALL,
    SORT_CUMPERCALL,
};

/* Returns the first figure that the order goes by, or SORT_TOTTIME if it goes by names alone. */
enum sort_figure sort_first_figure(const struct sort_order *order);

/* Returns FIGURE of ROW: a number of calls, or ns. */
double sort_figure_of(enum sort_figure figure, const struct table_row *row);

/* Returns the variance of FIGURE of ROW, in ns squared, or 0 of a number of calls. */
double sort_variance_of(enum sort_figure figure, const struct table_row *row);

/* Orders LIST. REVERSE turns the whole list around, equal rows too, as pstats does. */
void sort_apply(const struct sort_order *order, int reverse, struct table_list *list);

#endif
