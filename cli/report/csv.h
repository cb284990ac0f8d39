/*
 * csv.h - the table as comma-separated values, for programs.
 *
 *     ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module
 *
 * Each row of the list is one line, in the order of the list. Fields with a comma or a quote are quoted by
 * RFC 4180. Lines end with \n alone, as the tools of Unix write and read them. Times are whole nanoseconds.
 * If the source of a function is unknown, the file is empty and the line is 0. Names are escaped (text.h), so
 * the output is always UTF-8 and a row is always one line.
 */
#ifndef CLI_REPORT_CSV_H
#define CLI_REPORT_CSV_H

#include <stdio.h>

#include "cli/table/rows.h"

/* Prints TEXT as a field, in quotes if it needs them. */
void csv_print_field(FILE *stream, const char *text);

/* Prints the four fields that identify the function of ROW. */
void csv_print_function(FILE *stream, const struct table_row *row);

/* Returns the end of the name of a column with times: "_ns", or "" if they are COUNTS instead. */
const char *csv_unit(int counts);

/* Prints LIST. UNWOUND adds a field for the calls that were left without a return. ERRORS adds one for the
 * standard error of tottime. Tables with waits get two fields for these. Errors are left in the stream's
 * error flag. */
void csv_print(FILE *stream, const struct table *table, const struct table_list *list, int unwound,
               int errors);

#endif
