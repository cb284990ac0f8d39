/*
 * text_table.h - the table as text, in the words and columns of Python's pstats.
 *
 *     Sun Nov 22 21:26:00 2026    out.prof
 *
 *              5 function calls (3 primitive calls) in 1.204ms
 *
 *        Clock: TSC, sampled calls; overhead subtracted
 *        Ordered by: cumulative time
 *        List reduced from 3 to 2 due to restriction <2>
 *
 *        ncalls  tottime  percall  cumtime  percall filename:lineno(function)
 *             1   1.00us   1.00us  1.204ms  1.204ms main.c:10(main)
 *           3/1  1.203ms  401.0us  1.203ms  1.203ms main.c:3(fib)
 *
 * The line of the clock is there if the table knows; one of the filters (profile --exclude, say) follows it
 * if there were any. With REPORT_UNIT_S it is not: the text is, byte for
 * byte, what pstats prints. In the default unit each time has four digits and its own unit, so that 40 ns can
 * be told from 0. Names are escaped (text.h). A list without rows ends the report after its first part.
 */
#ifndef CLI_REPORT_TEXT_TABLE_H
#define CLI_REPORT_TEXT_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "cli/base/message.h"
#include "cli/table/rows.h"

enum report_unit {
    REPORT_UNIT_AUTO,
    REPORT_UNIT_S,
    REPORT_UNIT_MS,
    REPORT_UNIT_US,
    REPORT_UNIT_NS,
    REPORT_UNIT_COUNT, /* no time: four digits, with k, M and G */
    REPORT_UNIT_PLAIN, /* no time: all digits */
};

/* The units' names, separated by spaces: for help and completion. */
#define REPORT_UNITS "auto s ms us ns"

enum { REPORT_TIME_MAX = 512 }; /* room for any double, as decimal.h wants it */

struct report {
    const struct table *table;
    const struct table_list *list;
    const char *order;         /* sort_label()'s; NULL or "": no order was chosen */
    const char *const *titles; /* lines to begin with: report_title() of each file */
    size_t title_count;
    enum report_unit unit;
    int percent; /* two more columns: the shares of the time of all functions */
    int colour;  /* with escape sequences, for a terminal */
    int unwound; /* with a column for the calls that were left without a return */
    int errors;  /* with a column for the standard error of tottime */
};

/* The unit to print in if UNIT is wanted: what COUNTS something else than time has none of those. */
enum report_unit report_unit_of(int counts, enum report_unit unit);

/* Finds the unit called TEXT; -1 with a message that lists them. */
int report_unit_parse(enum report_unit *unit, const char *text, struct message *message);

/* Writes a time of NS nanoseconds, without padding: "1.204ms", or in a fixed unit its number with three
 * decimals. */
void report_time(char text[REPORT_TIME_MAX], double ns, enum report_unit unit);

/* The same for TIME, in the table's unit, of CALLS of the table's calls, over DIVISOR: "<2.000ns" where it is
 * below the table's resolution. No divisor: no text. */
void report_figure(char text[REPORT_TIME_MAX], const struct table *table, double time, uint64_t calls,
                   uint64_t divisor, enum report_unit unit);

/* Calls as pstats prints them: "3", or "3/1" where not all were primitive. */
enum { REPORT_CALLS_MAX = 48 };
void report_calls(char text[REPORT_CALLS_MAX], uint64_t ncalls, uint64_t pcalls);

/* Prints how the list was ordered and reduced, and an empty line. */
void report_print_order(FILE *stream, const char *order, const struct table_list *list);

/* The line that names a file: when it was modified, and its path. To be freed; NULL without memory. */
char *report_title(const char *path);

/* Prints the report's first part, which all reports have: the titles and totals. */
void report_print_head(FILE *stream, const struct report *report);

/* Prints the report. Errors are left in the stream's error flag. */
void report_print(FILE *stream, const struct report *report);

#endif
