/*
 * sort.h - orders the rows of a table, with the keys of Python's pstats.
 *
 * Thirteen names, their unique prefixes, and the numbers -1, 0, 1 and 2 of pstats's old interface; and two
 * more, for the times per call. Calls and times sort downwards, names and lines upwards. What the keys leave
 * equal stays in the table's own order, so the same files always give the same bytes.
 */
#ifndef CLI_TABLE_SORT_H
#define CLI_TABLE_SORT_H

#include <stddef.h>
#include <stdio.h>

#include "cli/table/rows.h"

enum { SORT_KEYS_MAX = 16, SORT_LABEL_MAX = SORT_KEYS_MAX * 32 };

/* All keys' names, separated by spaces: for help and completion. */
#define SORT_KEYS                                                                                            \
    "calls cumpercall cumtime cumulative cumwait filename line module name ncalls nfl pcalls percall "       \
    "stdname time tottime waittime"

struct sort_key;

/* A zeroed order has no keys. */
struct sort_order {
    const struct sort_key *keys[SORT_KEYS_MAX];
    size_t count;
    int is_number; /* its only key was given as a number */
};

/* Appends the keys named in TEXT, separated by commas. Returns -1 with a message that lists the keys. */
int sort_parse(struct sort_order *order, const char *text, struct message *message);

/* Prints pstats's keys and what they are called, a line each. */
void sort_print_keys(FILE *stream);

/* What the report says it is ordered by: "cumulative time, function name". */
void sort_label(const struct sort_order *order, char label[SORT_LABEL_MAX]);

/* The figures of a row by which it can be ordered; times are in nanoseconds. */
enum sort_figure {
    SORT_TOTTIME,
    SORT_CUMTIME,
    SORT_NCALLS,
    SORT_PCALLS,
    SORT_PERCALL,
    SORT_CUMPERCALL,
};

/* The first figure that the order goes by; SORT_TOTTIME if it goes by names alone. */
enum sort_figure sort_first_figure(const struct sort_order *order);

double sort_figure_of(enum sort_figure figure, const struct table_row *row);

/* Orders the list; REVERSE turns it around as a whole, rows that are equal too, as pstats does. */
void sort_apply(const struct sort_order *order, int reverse, struct table_list *list);

#endif
