/*
 * edges.h - who called whom: one edge for each pair of rows, by the formulas at the top of model.h.
 *
 * The edges are a table's (table.h), and name rows by their place among its rows. They stand in the order in
 * which they were met, until they are sorted.
 */
#ifndef CLI_TABLE_EDGES_H
#define CLI_TABLE_EDGES_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/hash.h"
#include "cli/model/model.h"

struct table_edge {
    uint32_t caller, callee; /* rows */
    uint64_t ncalls;
    uint64_t pcalls; /* of these, the ones made while no call from CALLER to CALLEE was active */
    double tottime;  /* of CALLEE, when called by CALLER */
    double cumtime;
    int count_only; /* there are no times: Python's module profile counts, and no more */
};

/* Zeroed, there are none. */
struct table_edges {
    struct table_edge *items;
    size_t count;
    struct hash index; /* by caller and callee */
};

/* Adds EDGE's figures to those of the same pair. Returns 0, or -1 without memory. */
int table_edges_add(struct table_edges *edges, const struct table_edge *edge);

/* Adds a profile's edges. ROWS has the row of each function, or HASH_NONE: its edges are left out. */
int table_edges_add_profile(struct table_edges *edges, const struct profile *profile, const uint32_t *rows);

/* Row I has become row MAP[I], for each I; edges that become the same are summed. -1 without memory. */
int table_edges_renumber(struct table_edges *edges, const uint32_t *map);

/* Sorts them by caller, then callee. Nothing can be added then. */
void table_edges_sort(struct table_edges *edges);

/* Frees what they hold; zeroed edges are fine. */
void table_edges_free(struct table_edges *edges);

#endif
