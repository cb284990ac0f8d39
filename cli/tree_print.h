/*
 * tree_print.h - a call tree as text: a line for each node, below its caller, the one that took longest
 * first.
 *
 *        ncalls  tottime       %  cumtime       %  filename:lineno(function)
 *             1  1.000us    0.1%  1.206ms  100.0%  main.c:10(main)
 *             1  3.000us    0.2%  1.203ms   99.8%  ├─main.c:3(fib)
 *             2  1.200ms   99.5%  1.200ms   99.5%  │ └─main.c:3(fib) (recursive)
 *             7  2.000us    0.2%  2.000us    0.2%  └─(3 more below 1%)
 *
 * Percentages are of the first nodes' cumulative time. Below 32 levels a line says its level instead of being
 * indented further, so the output grows with the number of its lines alone.
 */
#ifndef TREE_PRINT_H
#define TREE_PRINT_H

#include <stdint.h>
#include <stdio.h>

#include "message.h"
#include "report.h"
#include "tree.h"

struct tree_report {
    struct tree *tree;
    int (*expand)(struct tree *tree, const struct tree_node *node, struct tree_nodes *nodes);
    enum report_unit unit;
    double min_percent; /* nodes below it are folded into one */
    int64_t limit;      /* lines; -1: all */
    int utf8;           /* draw with box characters */
};

/* Prints the tree. -1 with a message without memory; errors of the stream are left in its flag. */
int tree_print(FILE *stream, const struct tree_report *report, struct message *message);

#endif
