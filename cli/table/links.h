/*
 * links.h - a table's edges in lists: the callers of each row, or its callees.
 *
 * Lists keep the order that the edges have in the table.
 */
#ifndef CLI_TABLE_LINKS_H
#define CLI_TABLE_LINKS_H

#include "cli/table/rows.h"

enum table_direction { TABLE_CALLERS, TABLE_CALLEES };

struct table_links {
    const struct table_edge **edges; /* those of row I are from starts[I] to before starts[I + 1] */
    uint32_t *starts;
};

/* Lists the edges of TABLE, which must outlive the lists. -1 without memory: nothing is then to be freed. */
int table_links_open(struct table_links *links, const struct table *table, enum table_direction direction);

void table_links_close(struct table_links *links);

/* The row at the other end of EDGE. */
uint32_t table_links_other(const struct table_edge *edge, enum table_direction direction);

#endif
