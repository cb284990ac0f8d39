/*
 * edges.h - who called whom: one edge for each pair of a caller and a callee, by the formulas at the top of
 * model.h.
 *
 * Edges belong to a table (rows.h) and name its rows by index. They keep the order in which they were met
 * until they are sorted.
 */
#ifndef CLI_TABLE_EDGES_H
#define CLI_TABLE_EDGES_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/hash.h"
#include "cli/model/model.h"

struct table_edge {
    uint32_t caller, callee; /* indexes of rows */
    uint64_t ncalls;
    uint64_t pcalls;              /* calls made while no call from CALLER to CALLEE was active */
    double tottime;               /* ns of CALLEE, when called by CALLER */
    double cumtime;               /* ns of CALLEE, when called by CALLER */
    double variance, cumvariance; /* ns squared, of these times */
    int is_count_only;            /* there are no times, because Python's module profile only counts */
};

/* A zeroed struct has no edges. */
struct table_edges {
    struct table_edge *items;
    size_t count;
    struct hash index; /* by caller and callee */
};

/* Adds EDGE's figures to the edge of its caller and callee. Returns 0, or -1 without memory. */
int table_edges_add(struct table_edges *edges, const struct table_edge *edge);

/* A thread whose edges are added. */
struct table_edges_source {
    const struct profile *profile;
    const struct profile_thread *thread;
    const uint32_t *rows;  /* by function: its row, or HASH_NONE to leave its edges out */
    const uint32_t *units; /* by function: the first function with which it will share a row; NULL: itself */
    const double *variances; /* of inclusive_variances() */
};

/* Adds the edges of SOURCE. Returns 0, or -1 without memory. */
int table_edges_add_thread(struct table_edges *edges, const struct table_edges_source *source);

/* Renumbers the edges after row I has become row MAP[I], for each I. Sums up edges that become equal. Returns
 * 0, or -1 without memory. */
int table_edges_renumber(struct table_edges *edges, const uint32_t *map);

/* Sorts the edges by caller, then by callee. Nothing may be added afterwards. */
void table_edges_sort(struct table_edges *edges);

/* Frees what EDGES hold. */
void table_edges_free(struct table_edges *edges);

#endif
