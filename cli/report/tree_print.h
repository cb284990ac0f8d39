/*
 * tree_print.h - a call tree as text: a line for each node, below its caller.
 *
 *        ncalls  tottime       %  cumtime       %  filename:lineno(function)
 *             1  1.000us    0.1%  1.206ms  100.0%  main.c:10(main)
 *             1  3.000us    0.2%  1.203ms   99.8%  ├─main.c:3(fib)
 *             2  1.200ms   99.5%  1.200ms   99.5%  │ └─main.c:3(fib) (recursive)
 *             7  2.000us    0.2%  2.000us    0.2%  └─(3 more below 1%)
 *
 * Percentages are of the first nodes' cumulative time. Below 32 levels a line says its level instead of being
 * indented further, so the output grows with the number of its lines alone.
 *
 * Or as comma-separated values: the same nodes with their level, and nothing for those that are folded.
 */
#ifndef CLI_REPORT_TREE_PRINT_H
#define CLI_REPORT_TREE_PRINT_H

#include <stdio.h>

#include "cli/analysis/tree_walk.h"
#include "cli/base/message.h"
#include "cli/report/text_table.h"

/* Prints what WALK comes to, times in UNIT. -1 with a message without memory; errors of the stream are left
 * in its flag. */
int tree_print(FILE *stream, const struct tree_walk *walk, enum report_unit unit, struct message *message);

/* The same as comma-separated values. -1 too if the walk was cut off. */
int tree_print_csv(FILE *stream, const struct tree_walk *walk, struct message *message);

#endif
