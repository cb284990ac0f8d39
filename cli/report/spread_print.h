/*
 * spread_print.h - prints the report of `stats --by file`, as text or as comma-separated values.
 *
 *       files    ncalls      min     mean      max  imbal filename:lineno(function)
 *           4      4000  1.000ms  2.500ms  4.000ms  60.0% main.c:3(work)
 */
#ifndef CLI_REPORT_SPREAD_PRINT_H
#define CLI_REPORT_SPREAD_PRINT_H

#include <stdio.h>

#include "cli/analysis/spread.h"
#include "cli/report/head.h"
#include "cli/table/rows.h"

/* Prints the rows of REPORT's list, which are SPREAD's. Errors are left in the stream's error flag. */
void spread_print(FILE *stream, const struct spread *spread, const struct report *report);

/* Prints the rows of LIST, which are SPREAD's. Errors are left in the stream's error flag. */
void spread_print_csv(FILE *stream, const struct spread *spread, const struct table_list *list);

#endif
