/*
 * text_table.h - prints a table as text, in the words and columns of Python's pstats.
 *
 *        ncalls  tottime  percall  cumtime  percall filename:lineno(function)
 *             1   1.00us   1.00us  1.204ms  1.204ms main.c:10(main)
 *           3/1  1.203ms  401.0us  1.203ms  1.203ms main.c:3(fib)
 *
 * The head of all reports stands before it (head.h). A list without rows ends the report after the head. In
 * REPORT_UNIT_S the text is, byte for byte, what pstats prints. Names are escaped (text.h). On a terminal of
 * 120 columns there are shares too, unless they were refused.
 */
#ifndef CLI_REPORT_TEXT_TABLE_H
#define CLI_REPORT_TEXT_TABLE_H

#include <stdio.h>

#include "cli/report/head.h"

/* Prints the report. Errors are left in the stream's error flag. */
void report_print(FILE *stream, const struct report *report);

#endif
