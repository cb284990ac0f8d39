/*
 * tree_print.h - prints a call tree as text, a line for each node below its caller, or as comma-separated
 * values.
 *
 *        ncalls  tottime       %  cumtime       %  filename:lineno(function)
 *             1  1.000us    0.1%  1.206ms  100.0%  main.c:10(main)
 *             1  3.000us    0.2%  1.203ms   99.8%  ├─main.c:3(fib)
 *             2  1.200ms   99.5%  1.200ms   99.5%  │ └─main.c:3(fib) (recursive)
 *             7  2.000us    0.2%  2.000us    0.2%  └─(3 more below 1%)
 *
 * Percentages are of the cumulative time of the first nodes. Lines deeper than 32 levels name their level
 * instead of being indented further. This bounds the length of a line.
 *
 * Comma-separated values have a field for the level. They leave out folded nodes.
 */
#ifndef CLI_REPORT_TREE_PRINT_H
#define CLI_REPORT_TREE_PRINT_H

#include <stdio.h>

#include "cli/analysis/tree_walk.h"
#include "cli/base/message.h"
#include "cli/report/figures.h"

/* Prints the nodes of WALK, with times in UNIT, for a terminal of WIDTH columns as in fit.h. Returns 0, or -1
 * and fills MESSAGE. Write errors are left in the stream's error flag. */
int tree_print(FILE *stream, const struct tree_walk *walk, enum report_unit unit, int width,
               struct message *message);

/* Prints the nodes of WALK as comma-separated values. Returns 0, or -1 and fills MESSAGE, also if the walk
 * was cut off. Write errors are left in the stream's error flag. */
int tree_print_csv(FILE *stream, const struct tree_walk *walk, struct message *message);

#endif
