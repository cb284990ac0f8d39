/*
 * suggest.h - what not to instrument, so that recording costs least: `stats --suggest-exclude`.
 */
#ifndef CLI_ANALYSIS_SUGGEST_H
#define CLI_ANALYSIS_SUGGEST_H

#include <stdint.h>
#include <stdio.h>

#include "cli/base/message.h"
#include "cli/build/compiler.h"
#include "cli/table/rows.h"

/*
 * Prints flags for gcc, or functions to mark for clang, at most LIMIT (negative: all), those that save most
 * first: the calls that each leaves out, and what recording these is known to have cost, which is what the
 * next run is predicted to save. What the calls themselves take, and what the compiler makes of functions
 * that have no hooks, is not in it.
 *
 * Suggested is what is tiny and hot: functions that take less themselves than a few times what it costs to
 * record them, and together at least SUGGEST_SHARE of the run.
 */
int suggest_print(FILE *stream, const struct table *table, enum compiler_kind compiler, int64_t limit,
                  struct message *message);

#define SUGGEST_SHARE 0.01

#endif
