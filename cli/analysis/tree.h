/*
 * tree.h - the calling contexts of a profile, to be walked a node at a time: from the threads' starts down,
 * or from chosen functions up to their callers.
 *
 * A node's cumulative time is the self time of all contexts below it and its own, so what is called never
 * adds up to more than its caller. (The table's cumtime counts a recursive function's time in each function
 * that was active; here each instant counts in one context.) A recursive call is a leaf: what it calls is
 * found below the context that it leads back to.
 *
 * Going up, a function's calls and times are divided among its callers, theirs, and so on.
 *
 * Nodes are made as they are asked for: a walk that folds what is small looks at few of a million contexts.
 */
#ifndef CLI_ANALYSIS_TREE_H
#define CLI_ANALYSIS_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

struct tree_item;

struct tree {
    const struct profile *profile;
    const struct table *table;
    const struct table_row *rows; /* the table's */
    size_t row_count;
    const uint32_t *row_of; /* by function of the profile */
    double tick;            /* ns, or what the timer counts */
    double *cumulative;     /* by record, ns */
    double total;           /* of the first nodes, ns */
    uint32_t *starts;    /* by record: where its children begin in ORDER; they end where the next's begin */
    uint32_t *order;     /* records by parent */
    unsigned char *kept; /* by record: tree_keep() keeps it; or NULL */
    struct tree_item *items; /* going up: the contexts of the chosen functions */
    size_t item_count;
};

struct tree_node {
    const struct table_row *row;
    uint64_t calls;
    double self, cumulative; /* ns */
    int is_recursive;        /* the function has been met on the way here */
    uint32_t first, end;     /* for the functions below */
};

struct tree_nodes {
    struct tree_node *nodes;
    size_t count;
};

/* Opens the tree of PROFILE, which has one thread (merge.h). Its functions' rows in TABLE, which is finished,
 * are ROW_OF (table_track()). -1 with a message without memory. */
int tree_open(struct tree *tree, const struct profile *profile, const struct table *table,
              const uint32_t *row_of, struct message *message);

/* Appends the nodes below NODE to NODES, in any order; the first ones if NODE is NULL. -1 without memory. */
int tree_callees(struct tree *tree, const struct tree_node *node, struct tree_nodes *nodes);

/* Chooses the functions that tree_callers() begins with. */
int tree_choose(struct tree *tree, const struct table_list *functions, struct message *message);

/* From now on there are only those nodes that are, or lead to, one of the functions; leads UPWARDS, to
 * callers, or down. Figures stay what they are. */
int tree_keep(struct tree *tree, const struct table_list *functions, int upwards, struct message *message);

/* Like tree_callees(), upwards. A node must be asked before the nodes that were had from it. */
int tree_callers(struct tree *tree, const struct tree_node *node, struct tree_nodes *nodes);

/* Frees what the tree holds; a zeroed one is fine. */
void tree_close(struct tree *tree);

#endif
