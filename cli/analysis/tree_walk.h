/*
 * tree_walk.h - goes through a call tree: from each node to those below it, in an order, with what is small
 * folded.
 */
#ifndef CLI_ANALYSIS_TREE_WALK_H
#define CLI_ANALYSIS_TREE_WALK_H

#include <stdint.h>

#include "cli/analysis/tree.h"
#include "cli/table/sort.h"

/* A node that the walk has come to. */
struct tree_step {
    struct tree_node node;
    uint32_t level;  /* 0: a first node */
    uint32_t folded; /* not 0: it stands for so many nodes, and has no row */
    int is_last;     /* of its siblings */
};

/* Going up from a deep recursion, with nothing folded, there are as many paths as levels, and each is as
 * long: who asks for all of them gets this many steps. */
enum { TREE_STEPS_MAX = 1000000 };

struct tree_walk {
    struct tree *tree;
    int upwards;                    /* tree_callers(), else tree_callees() */
    const struct sort_order *order; /* of siblings; what it leaves equal: the longest first */
    int reverse;                    /* turns the order of siblings around */
    double min_percent;             /* nodes below it are folded into one, the last of its siblings */
    int64_t limit;                  /* steps; -1: all */
};

enum tree_walk_end { TREE_WALK_FAILED = -1, TREE_WALK_DONE, TREE_WALK_LIMITED, TREE_WALK_CUT_OFF };

/* Calls VISIT with TARGET for each step. Says how it ended: without memory; at the end, or at the limit; or
 * after TREE_STEPS_MAX steps up. */
enum tree_walk_end tree_walk(const struct tree_walk *walk,
                             void (*visit)(void *target, const struct tree_step *step), void *target);

#endif
