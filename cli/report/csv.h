/*
 * csv.h - the table as comma-separated values, for programs.
 *
 *     ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module
 *
 * One line per row of the list, in its order. Fields are quoted by RFC 4180 where they hold a comma or a
 * quote, but lines end with \n alone, as every other tool here writes and reads them. Times are whole
 * nanoseconds. The file is empty and the line 0 where the function's source is not known. Names are escaped
 * as in the report (text.h), so the output is always UTF-8, and a row is always one line.
 */
#ifndef CLI_REPORT_CSV_H
#define CLI_REPORT_CSV_H

#include <stdio.h>

#include "cli/table/rows.h"

/* Prints TEXT as a field, quoted if need be. */
void csv_print_field(FILE *stream, const char *text);

/* Prints the four fields that say which function ROW is. */
void csv_print_function(FILE *stream, const struct table_row *row);

/* The end of the names of columns with times: "_ns", or "" where they are no times but COUNTS. */
const char *csv_unit(int counts);

/* UNWOUND adds a last field, the calls that were left without a return. Errors are left in the stream's error
 * flag. */
void csv_print(FILE *stream, const struct table *table, const struct table_list *list, int unwound,
               int errors);

#endif
