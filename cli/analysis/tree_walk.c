/*
 * tree_walk.c - walks a call tree. See tree_walk.h.
 *
 * The walk keeps the nodes that are still to be visited on a stack of its own. A tree may be too deep for the
 * stack of C.
 */
#include "cli/analysis/tree_walk.h"

#include <stdlib.h>

#include "cli/base/array.h"
#include "cli/base/count.h"

struct walker {
    const struct tree_walk *walk;
    struct tree_step *stack;
    size_t count;
};

/* Puts the longest first, and equal ones in the order of the table. */
static int compare_nodes(const void *left, const void *right)
{
    const struct tree_node *a = left, *b = right;

    if (a->cumulative != b->cumulative)
        return a->cumulative > b->cumulative ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

/* A node with its figures as a row, so that sort.h can order it. */
struct sibling {
    struct table_row row; /* the first member: a list of rows is a list of siblings */
    struct tree_node node;
};

static struct sibling sibling_of(const struct tree_node *node)
{
    struct sibling sibling = {.row = *node->row, .node = *node};

    sibling.row.ncalls = sibling.row.pcalls = node->calls;
    sibling.row.tottime = node->self;
    sibling.row.cumtime = node->cumulative;
    return sibling;
}

static void sort_nodes(const struct tree_walk *walk, struct tree_node *nodes, struct sibling *siblings,
                       struct table_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        siblings[i] = sibling_of(&nodes[i]);
        list->rows[i] = &siblings[i].row;
    }
    sort_apply(walk->order, walk->reverse, list);
    for (size_t i = 0; i < list->count; i++)
        nodes[i] = ((const struct sibling *)(const void *)list->rows[i])->node;
}

/* Puts the nodes, which stand with the longest first, into the order that the walk wants. Returns 0, or -1
 * without memory. */
static int order_nodes(const struct tree_walk *walk, struct tree_node *nodes, size_t count)
{
    struct sibling *siblings;
    struct table_list list = {.count = count};
    int result = -1;

    if (count < 2 || walk->order->count == 0)
        return 0;
    siblings = reallocarray(NULL, count, sizeof *siblings);
    list.rows = reallocarray(NULL, count, sizeof *list.rows);
    if (siblings != NULL && list.rows != NULL) {
        sort_nodes(walk, nodes, siblings, &list);
        result = 0;
    }
    free(siblings);
    free(list.rows);
    return result;
}

/* Returns how many of the nodes, which stand with the longest first, are not folded. */
static size_t count_shown(const struct tree_walk *walk, const struct tree_nodes *nodes)
{
    double least = walk->tree->total * walk->min_percent / 100;
    size_t shown = 0;

    /* At 0 percent none is folded, although estimates may be negative. */
    while (shown < nodes->count && (walk->min_percent <= 0 || nodes->nodes[shown].cumulative >= least))
        shown++;
    return shown;
}

static struct tree_step fold(const struct tree_nodes *nodes, size_t shown, uint32_t level)
{
    struct tree_step step = {.level = level, .folded = (uint32_t)(nodes->count - shown), .is_last = 1};

    for (size_t i = shown; i < nodes->count; i++) {
        count_add(&step.node.calls, nodes->nodes[i].calls);
        step.node.self += nodes->nodes[i].self;
        step.node.cumulative += nodes->nodes[i].cumulative;
        step.node.variance += nodes->nodes[i].variance;
        step.node.cumvariance += nodes->nodes[i].cumvariance;
    }
    return step;
}

static int push(struct walker *walker, const struct tree_step *step)
{
    struct tree_step *added = ARRAY_APPEND(walker->stack, walker->count);

    if (added == NULL)
        return -1;
    *added = *step;
    return 0;
}

/* Puts the nodes on the stack, the first to be visited on top. */
static int push_nodes(struct walker *walker, const struct tree_nodes *nodes, uint32_t level)
{
    size_t shown = count_shown(walker->walk, nodes);

    if (order_nodes(walker->walk, nodes->nodes, shown) != 0)
        return -1;
    if (shown < nodes->count) {
        struct tree_step step = fold(nodes, shown, level);
        if (push(walker, &step) != 0)
            return -1;
    }
    for (size_t i = shown; i-- > 0;) {
        struct tree_step step = {.node = nodes->nodes[i], .level = level, .is_last = i + 1 == nodes->count};
        if (push(walker, &step) != 0)
            return -1;
    }
    return 0;
}

static int fetch_nodes(const struct tree_walk *walk, const struct tree_node *node, struct tree_nodes *nodes)
{
    int result =
        walk->upwards ? tree_callers(walk->tree, node, nodes) : tree_callees(walk->tree, node, nodes);

    if (nodes->count > 0)
        qsort(nodes->nodes, nodes->count, sizeof *nodes->nodes, compare_nodes);
    return result;
}

/* Puts the nodes below NODE on the stack, or the first nodes if it is NULL. */
static int descend(struct walker *walker, const struct tree_node *node, uint32_t level)
{
    struct tree_nodes nodes = {0};
    int result = fetch_nodes(walker->walk, node, &nodes);

    if (result == 0)
        result = push_nodes(walker, &nodes, level);
    free(nodes.nodes);
    return result;
}

/* Visits at most LIMIT nodes. Returns 0, or -1 without memory. */
static int visit_nodes(struct walker *walker, int64_t limit,
                       void (*visit)(void *target, const struct tree_step *step), void *target)
{
    if (descend(walker, NULL, 0) != 0)
        return -1;
    for (int64_t steps = 0; walker->count > 0 && steps < limit; steps++) {
        struct tree_step step = walker->stack[--walker->count];
        visit(target, &step);
        if (step.folded == 0 && descend(walker, &step.node, step.level + 1) != 0)
            return -1;
    }
    return 0;
}

enum tree_walk_end tree_walk(const struct tree_walk *walk,
                             void (*visit)(void *target, const struct tree_step *step), void *target)
{
    int64_t most = walk->upwards ? TREE_STEPS_MAX : INT64_MAX; /* down, there is a step for each context */
    int64_t limit = walk->limit >= 0 && walk->limit < most ? walk->limit : most;
    struct walker walker = {.walk = walk};
    enum tree_walk_end end = TREE_WALK_FAILED;

    if (visit_nodes(&walker, limit, visit, target) == 0)
        end = walker.count == 0 ? TREE_WALK_DONE : limit < most ? TREE_WALK_LIMITED : TREE_WALK_CUT_OFF;
    free(walker.stack);
    return end;
}
