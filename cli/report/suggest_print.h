/*
 * suggest_print.h - prints the report of `stats --suggest-exclude`: functions to leave out, with the calls
 * and the time that each saves, and the flags that do so.
 *
 * The time is what recording the calls is known to have cost, and so is predicted for the next run. It does
 * not include the calls themselves, or what the compiler makes of functions that have no hooks.
 */
#ifndef CLI_REPORT_SUGGEST_PRINT_H
#define CLI_REPORT_SUGGEST_PRINT_H

#include <stdio.h>

#include "cli/analysis/suggest.h"
#include "cli/build/compiler.h"

/* Prints SUGGESTIONS, which were made for COMPILER. Returns 0, or -1 without memory. Errors are left in the
 * stream's error flag. */
int suggest_print(FILE *stream, const struct suggestions *suggestions, enum compiler_kind compiler);

#endif
