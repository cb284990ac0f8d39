/*
 * tree.h - the calling contexts of a profile as a tree: from the starts of threads down, or from chosen
 * functions up to their callers.
 *
 * The cumulative time of a node is its self time and that of all contexts below it. So callees never add up
 * to more than their caller. Each instant counts in one context, unlike in the table, whose cumtime counts it
 * in each function that was active. A recursive call is a leaf: its callees are found below the context that
 * it leads back to.
 *
 * Going up, the calls and times of a function are divided among its callers, then among theirs, and so on.
 *
 * Nodes are made when they are asked for. A walk that folds small nodes looks at few of a million contexts.
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
    const struct table_row *rows; /* of the table */
    size_t row_count;
    const uint32_t *row_of; /* by function of the profile: its row */
    double tick;            /* ns, or what the timer counts */
    double *cumulative;     /* by record, in ns */
    double *variances;      /* inclusive_variances() */
    double total;           /* ns, of all first nodes */
    uint32_t *starts; /* by record: where its children begin in ORDER, and those of the record before end */
    uint32_t *order;  /* records by parent */
    unsigned char *kept;     /* by record: tree_keep() keeps it; NULL: all are kept */
    struct tree_item *items; /* going up: the contexts of the chosen functions */
    size_t item_count;
};

struct tree_node {
    const struct table_row *row;
    uint64_t calls;
    double self, cumulative;      /* ns */
    double variance, cumvariance; /* ns squared, of these */
    int is_recursive;             /* the function also stands above this node */
    uint32_t first, end;          /* for the functions of this header alone */
};

struct tree_nodes {
    struct tree_node *nodes;
    size_t count;
};

/* Opens the tree of PROFILE, which has one thread (cli/model/merge.h). ROW_OF gives the rows of its functions
 * in TABLE, which is finished (table_track()). All three must outlive the tree. Returns 0, or -1 and fills
 * MESSAGE. */
int tree_open(struct tree *tree, const struct profile *profile, const struct table *table,
              const uint32_t *row_of, struct message *message);

/* Appends the nodes below NODE, or the first nodes if it is NULL, to NODES in any order. Returns 0, or -1
 * without memory. */
int tree_callees(struct tree *tree, const struct tree_node *node, struct tree_nodes *nodes);

/* Chooses the functions that tree_callers() begins with. Returns 0, or -1 and fills MESSAGE. */
int tree_choose(struct tree *tree, const struct table_list *functions, struct message *message);

/* Leaves only nodes that are one of FUNCTIONS or lead to one: up to callers if UPWARDS, else down. Figures do
 * not change. Returns 0, or -1 and fills MESSAGE. */
int tree_keep(struct tree *tree, const struct table_list *functions, int upwards, struct message *message);

/* Appends the callers of NODE, or the chosen functions if it is NULL, to NODES in any order. Each node may be
 * asked once, because going up changes the items in place. Returns 0, or -1 without memory. */
int tree_callers(struct tree *tree, const struct tree_node *node, struct tree_nodes *nodes);

/* Frees what TREE holds. */
void tree_close(struct tree *tree);

#endif
