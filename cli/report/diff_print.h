/*
 * diff_print.h - prints the report of `stats NEW --diff OLD`, as text or as comma-separated values.
 *
 *        ncalls   tottime       %   percall   cumtime       %   percall filename:lineno(function)
 *            +0     +20ms  +50.0%    +200us     +20ms  +25.0%    +200us main.c:3(work)
 *          +100  +1.000ms     new  +10.00us  +1.000ms     new  +10.00us main.c:9(check)
 *
 *        No change beyond the error:
 *            +0    -300us       ~      -3us    -300us       ~      -3us main.c:6(read)
 *
 * Percentages are of the old figure. A change that is not known to be one (analysis/diff.h) has none.
 */
#ifndef CLI_REPORT_DIFF_PRINT_H
#define CLI_REPORT_DIFF_PRINT_H

#include <stdio.h>

#include "cli/analysis/diff.h"
#include "cli/report/head.h"
#include "cli/table/rows.h"

/* Prints the rows of REPORT's list, which are DIFF's. The titles of REPORT are those of the new files; the
 * title of the old file follows as titles[title_count]. Errors are left in the stream's error flag. */
void diff_print(FILE *stream, const struct diff *diff, const struct report *report);

/* Prints the rows of LIST, which are DIFF's. Errors are left in the stream's error flag. */
void diff_print_csv(FILE *stream, const struct diff *diff, const struct table_list *list);

#endif
