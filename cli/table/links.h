/*
 * links.h - lists the callers, or the callees, of each row of a table.
 *
 * A list keeps the order that the edges have in the table.
 */
#ifndef CLI_TABLE_LINKS_H
#define CLI_TABLE_LINKS_H

#include "cli/table/rows.h"

enum table_direction { TABLE_CALLERS, TABLE_CALLEES };

struct table_links {
    const struct table_edge **edges; /* row I has those from starts[I] up to, not including, starts[I + 1] */
    uint32_t *starts;
};

/* Lists the edges of TABLE, which must outlive LINKS. Returns 0, or -1 without memory: nothing is then to be
 * freed. */
int table_links_open(struct table_links *links, const struct table *table, enum table_direction direction);

/* Frees what LINKS hold. */
void table_links_close(struct table_links *links);

/* Returns the row at the end of EDGE to which DIRECTION leads. */
uint32_t table_links_other(const struct table_edge *edge, enum table_direction direction);

#endif
