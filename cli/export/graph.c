/*
 * graph.c - calling contexts summed up by caller and callee. See graph.h.
 */
#include "cli/export/graph.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/count.h"

/* A walk over the contexts. */
struct walk {
    struct graph *graph;
    const struct export *export;
    uint32_t *path;      /* by level: the node that is open; the first is the start of the thread */
    uint32_t *outermost; /* by node: the first level on the path that has it, or HASH_NONE */
    uint32_t *chains;    /* by node: the last of the levels from there on that all have it */
    uint32_t depth;      /* levels that are open */
};

struct key {
    uint32_t caller, callee;
};

static int same_edge(const void *owner, uint32_t value, const void *key)
{
    const struct graph_edge *edge = &((const struct graph *)owner)->edges[value];
    const struct key *b = key;

    return edge->caller == b->caller && edge->callee == b->callee;
}

/* Returns the edge from CALLER to CALLEE, or NULL without memory. */
static struct graph_edge *find_edge(struct graph *graph, uint32_t caller, uint32_t callee)
{
    struct key key = {caller, callee};
    uint64_t hash = hash_bytes(&key, sizeof key, 0);
    uint32_t index = hash_find(&graph->index, hash, (struct hash_lookup){same_edge, graph}, &key);
    struct graph_edge *added;

    if (index != HASH_NONE)
        return &graph->edges[index];
    if (hash_insert(&graph->index, hash, (uint32_t)graph->edge_count) != 0 ||
        (added = ARRAY_APPEND(graph->edges, graph->edge_count)) == NULL)
        return NULL;
    added->caller = caller;
    added->callee = callee;
    return added;
}

/* Closes all levels of the path from DEPTH on. */
static void close_levels(struct walk *walk, uint32_t depth)
{
    while (walk->depth > depth) {
        uint32_t node = walk->path[--walk->depth];
        if (walk->outermost[node] == walk->depth)
            walk->outermost[node] = HASH_NONE;
        else if (walk->chains[node] == walk->depth)
            walk->chains[node]--;
    }
}

static void open_level(struct walk *walk, uint32_t node)
{
    if (walk->outermost[node] == HASH_NONE)
        walk->outermost[node] = walk->chains[node] = walk->depth;
    else if (walk->chains[node] + 1 == walk->depth)
        walk->chains[node]++;
    walk->path[walk->depth++] = node;
}

/* Takes the self time of a context of NODE, which is on the path already, out of the edge by which the first
 * ones lead to it. Returns 0, or -1 without memory. */
static int take_out(const struct walk *walk, uint32_t node, uint64_t self)
{
    uint32_t next = walk->chains[node] + 1;
    struct graph_edge *edge;

    if (next >= walk->depth || walk->outermost[walk->path[next]] != next) /* the edge has no time of it */
        return 0;
    edge = find_edge(walk->graph, node, walk->path[next]);
    if (edge == NULL)
        return -1;
    edge->inclusive -= self < edge->inclusive ? self : edge->inclusive;
    return 0;
}

static int add_context(struct walk *walk, const struct context *context)
{
    struct graph *graph = walk->graph;
    uint32_t node = context->row == CONTEXT_NONE ? graph->left_out : context->row;
    uint32_t level = context->level + 1, caller = walk->path[level - 1];
    struct graph_edge *edge;

    close_levels(walk, level);
    edge = find_edge(graph, caller, node);
    if (edge == NULL)
        return -1;
    count_add(&edge->calls, context->calls);
    count_add(&graph->selfs[node], context->self);
    if (walk->outermost[node] != HASH_NONE) {
        if (take_out(walk, node, context->self) != 0)
            return -1;
    } else if (walk->chains[caller] == level - 1) {
        count_add(&edge->inclusive, context->total);
    }
    open_level(walk, node);
    return 0;
}

static int walk_contexts(struct walk *walk)
{
    const struct contexts *contexts = walk->export->contexts;

    for (size_t i = 0; i < contexts->count; i++) {
        const struct context *context = &contexts->items[i];

        if (context->level == 0) {
            close_levels(walk, 0);
            open_level(walk, walk->graph->first_thread + (walk->export->has_threads ? context->thread : 0));
        }
        if (add_context(walk, context) != 0)
            return -1;
    }
    return 0;
}

static int compare_edges(const void *left, const void *right)
{
    const struct graph_edge *a = left, *b = right;

    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

int graph_make(struct graph *graph, const struct export *export)
{
    struct walk walk = {.graph = graph, .export = export};
    int result = -1;

    graph->left_out = (uint32_t) export->table->row_capacity;
    graph->first_thread = graph->left_out + 1;
    graph->node_count = graph->first_thread + (uint32_t) export->profile->thread_count + 1;
    graph->selfs = calloc(graph->node_count, sizeof *graph->selfs);
    walk.path = reallocarray(NULL, export->contexts->deepest + (size_t)2, sizeof *walk.path);
    walk.outermost = reallocarray(NULL, graph->node_count, sizeof *walk.outermost);
    walk.chains = calloc(graph->node_count, sizeof *walk.chains);
    if (graph->selfs != NULL && walk.path != NULL && walk.outermost != NULL && walk.chains != NULL) {
        memset(walk.outermost, 0xff, graph->node_count * sizeof *walk.outermost); /* HASH_NONE */
        result = walk_contexts(&walk);
    }
    if (graph->edge_count > 0)
        qsort(graph->edges, graph->edge_count, sizeof *graph->edges, compare_edges);
    free(walk.path);
    free(walk.outermost);
    free(walk.chains);
    return result;
}

void graph_free(struct graph *graph)
{
    free(graph->selfs);
    free(graph->edges);
    hash_free(&graph->index);
    *graph = (struct graph){0};
}
