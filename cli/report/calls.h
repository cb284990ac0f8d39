/*
 * calls.h - prints who called the listed functions, or whom they called, in the words and columns of pstats.
 *
 *        Ordered by: cumulative time
 *
 *     Function          was called by...
 *                           ncalls  tottime  cumtime
 *     main.c:3(fib)     <-       1    0.000    0.001  main.c:10(main)
 *                             2/1    0.001    0.001  main.c:3(fib)
 *
 * In a list of callers, times are those of the function when that caller called it. Python's module profile
 * only counts calls: its entries have no times and take pstats's other form.
 */
#ifndef CLI_REPORT_CALLS_H
#define CLI_REPORT_CALLS_H

#include <stdint.h>
#include <stdio.h>

#include "cli/report/head.h"
#include "cli/table/links.h"
#include "cli/table/rows.h"
#include "cli/table/sort.h"

struct calls_report {
    const struct table *table; /* with its edges */
    const struct table_list *list;
    const char *order; /* as in struct report */
    enum report_unit unit;
    enum table_direction direction;
    struct sort_order edge_order; /* of the entries of a function; none: by file, line and name */
    int64_t edge_limit;           /* entries of a function; -1: all */
};

/* Prints the report. Returns 0, or -1 without memory. Write errors are left in the stream's error flag. */
int calls_report_print(FILE *stream, const struct calls_report *report);

#endif
