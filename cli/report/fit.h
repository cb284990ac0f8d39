/*
 * fit.h - prints lines that fit the terminal.
 *
 * WIDTH is the number of the terminal's columns, or 0 if the report goes to no terminal: then nothing is cut.
 * A mark, "…" or "..." by the locale, stands in place of what is cut. Names are escaped (text.h).
 */
#ifndef CLI_REPORT_FIT_H
#define CLI_REPORT_FIT_H

#include <stddef.h>
#include <stdio.h>

#include "cli/table/rows.h"

/* Prints a line with TEXT. If there is no room for it, cuts the part behind the first KEPT columns that does
 * not fit. */
void fit_print_line(FILE *stream, const char *text, int width, size_t kept);

/* Prints the function of ROW, which begins behind COLUMN columns. If there is no room for it, cuts the
 * folders of its file, from the first on. */
void fit_print_function(FILE *stream, const struct table_row *row, int width, size_t column);

#endif
