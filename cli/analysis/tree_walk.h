/*
 * tree_walk.h - walks a call tree: from each node to those below it, in an order, with small nodes folded.
 */
#ifndef CLI_ANALYSIS_TREE_WALK_H
#define CLI_ANALYSIS_TREE_WALK_H

#include <stdint.h>

#include "cli/analysis/tree.h"
#include "cli/table/sort.h"

/* A step of the walk: a node, or several that are folded. */
struct tree_step {
    struct tree_node node;
    uint32_t level;  /* 0: a first node */
    uint32_t folded; /* nodes that it stands for, without a row; 0: it is one node */
    int is_last;     /* of its siblings */
};

/* The most steps of a walk up. A recursion of N levels has N paths of up to N nodes, unless some are
 * folded. */
enum { TREE_STEPS_MAX = 1000000 };

struct tree_walk {
    struct tree *tree;
    int upwards;                    /* tree_callers(), else tree_callees() */
    const struct sort_order *order; /* of siblings; those that it leaves equal stand with the longest first */
    int reverse;                    /* turns the order of siblings around */
    double min_percent; /* of all time; nodes that took less are folded into one, the last sibling */
    int64_t limit;      /* steps; -1: all */
};

enum tree_walk_end {
    TREE_WALK_FAILED = -1, /* without memory */
    TREE_WALK_DONE,        /* after the last node */
    TREE_WALK_LIMITED,     /* at the limit */
    TREE_WALK_CUT_OFF,     /* after TREE_STEPS_MAX steps up */
};

/* Calls VISIT with TARGET for each step. Returns how the walk ended. */
enum tree_walk_end tree_walk(const struct tree_walk *walk,
                             void (*visit)(void *target, const struct tree_step *step), void *target);

#endif
