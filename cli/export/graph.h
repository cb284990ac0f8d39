/*
 * graph.h - calling contexts summed up by function, and by caller and callee, for formats that have no
 * contexts.
 *
 * Some readers take the time of a function with its callees to be its self time and the inclusive times of
 * its edges to callees. Others add up the inclusive times of its edges from callers. Both give the time for
 * which the function was on the stack, and never more than the total, also where calls recurse. For that an
 * edge has no time
 *
 *  - of calls whose callee is on the stack already,
 *  - that an outer call of its caller has already, nor
 *  - of its caller itself.
 *
 * Where functions call each other in a circle, no edges could satisfy both kinds of readers. The one that was
 * called first has its whole time. Others may lack the time of calls back to the first.
 */
#ifndef CLI_EXPORT_GRAPH_H
#define CLI_EXPORT_GRAPH_H

#include <stdint.h>

#include "cli/base/hash.h"
#include "cli/export/export.h"

struct graph_edge {
    uint32_t caller, callee; /* nodes */
    uint64_t calls;
    uint64_t inclusive; /* ns, or what the timer counts */
};

/* A node is a row of the table, then one for all that was left out, then the start of each thread. */
struct graph {
    uint64_t *selfs; /* by node: ns, or what the timer counts */
    uint32_t node_count, left_out, first_thread;
    struct graph_edge *edges; /* by caller, then by callee */
    size_t edge_count;
    struct hash index;
};

/* Fills GRAPH, which is zeroed, from the contexts of EXPORT. If its threads are not told apart, all begin at
 * the start of the first. Returns 0, or -1 without memory. The caller calls graph_free() in either case. */
int graph_make(struct graph *graph, const struct export *export);

/* Frees what GRAPH holds. */
void graph_free(struct graph *graph);

#endif
