/*
 * head.h - prints the first part of every report: the files, the totals, and how they were measured.
 *
 *     Sun Nov 22 21:26:00 2026    out.prof
 *
 *              5 function calls (3 primitive calls) in 1.204ms
 *
 *        Run: 60 threads of 4 processes; wall time 131.2ms, CPU time 420.9ms
 *        Clock: TSC, sampled calls; overhead subtracted
 *        Time: 1,683 samples, total within 6 %; hooks took 61 % of the run, taken out
 *        Filters: exclude=main.c:log*
 *        Ordered by: cumulative time
 *        List reduced from 3 to 2 due to restriction <2>
 *
 * The lines behind the total are left out if nothing is known for them. They are also left out in
 * REPORT_UNIT_S, whose text is, byte for byte, what Python's pstats prints. Names are escaped (text.h).
 */
#ifndef CLI_REPORT_HEAD_H
#define CLI_REPORT_HEAD_H

#include <stddef.h>
#include <stdio.h>

#include "cli/model/runs.h"
#include "cli/report/figures.h"
#include "cli/table/rows.h"

/* When to print columns with shares. */
enum report_percent {
    REPORT_PERCENT_NEVER,
    REPORT_PERCENT_ALWAYS,
    REPORT_PERCENT_IF_WIDE, /* if the report goes to a terminal with room for them */
};

/* A report as the user wants it. */
struct report {
    const struct table *table;
    const struct table_list *list;
    const char *order;         /* sort_label()'s; NULL or "": no order was chosen */
    const char *const *titles; /* the first lines: inputs_title() of each file */
    size_t title_count;
    enum report_unit unit;
    const struct runs *runs;     /* what the table is the sum of; NULL: unknown */
    int width;                   /* columns of the terminal that the report goes to; 0: it goes to none */
    enum report_percent percent; /* two more columns: the shares of the time of all functions */
    int colour;                  /* with escape sequences, for a terminal */
    int unwound;                 /* with a column for the calls that were left without a return */
    int errors;                  /* with a column for the standard error of tottime */
    size_t calls_width;          /* chars of the column ncalls; report_print() sets it */
};

/* Prints the titles, the totals, the clock and the filters. */
void report_print_head(FILE *stream, const struct report *report);

/* Prints the line "Clock:" without that word, its indent and the newline; nothing for profiles of Python. */
void report_print_clock(FILE *stream, const struct table *table);

/* Prints how LIST was ordered and reduced, and an empty line. */
void report_print_order(FILE *stream, const char *order, const struct table_list *list);

#endif
