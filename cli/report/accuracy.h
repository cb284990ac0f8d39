/*
 * accuracy.h - prints what the times of a table rest on, how far to trust them, and what would help if they
 * are poor.
 *
 *        Time: 4,812 samples, total within 12 %; hooks took 61 % of the run, taken out
 *        For better times: fewer hooks (profile cc, --suggest-exclude) or a longer run
 *        Contexts: 131,071, which makes the hooks slow; fewer by profile cc, --depth, --max-contexts
 */
#ifndef CLI_REPORT_ACCURACY_H
#define CLI_REPORT_ACCURACY_H

#include <stdio.h>

#include "cli/table/rows.h"

/* Prints these lines: the first one unless no samples were to be taken, and the others where they help. */
void accuracy_print(FILE *stream, const struct table *table);

/* Prints the line "Time:" without that word, its indent and the newline; or nothing. */
void accuracy_print_basis(FILE *stream, const struct table *table);

/* Returns the part of the run that the hooks took, or 0 if it has not been taken out. */
double accuracy_hooks(const struct table *table);

#endif
