/*
 * parts_print.h - prints the reports of `stats --by process` and `--by thread`, as text or as comma-separated
 * values.
 *
 *          pid   parent  threads    ncalls  tottime     wall  ended       command
 *         1200     1100        2      1104  1.209ms  2.000ms  status 0    ./server
 *         1201     1200        1         4  0.100ms  1.000ms  signal 9    └─./worker 'a b'
 *
 *          pid      tid    ncalls  tottime     wall  thread           command
 *         1200     1200      1000  1.109ms  2.000ms  server           ./server
 *
 * Strings are escaped (text.h). On a terminal, lines that are too long are cut.
 */
#ifndef CLI_REPORT_PARTS_PRINT_H
#define CLI_REPORT_PARTS_PRINT_H

#include <stdint.h>
#include <stdio.h>

#include "cli/analysis/parts.h"
#include "cli/report/figures.h"

enum parts_kind { PARTS_PROCESSES, PARTS_THREADS };

struct parts_report {
    const struct parts *parts;
    enum parts_kind kind;
    enum report_unit unit;
    int64_t limit; /* lines; -1: all */
    int width;     /* columns of the terminal, at which lines are cut; 0: they are not */
    int unwound;   /* with a column for the calls that were left without a return */
};

/* Prints the lines of the report. Errors are left in the stream's error flag. */
void parts_print(FILE *stream, const struct parts_report *report);

/* Prints the report as comma-separated values. Errors are left in the stream's error flag. */
void parts_print_csv(FILE *stream, const struct parts_report *report);

#endif
