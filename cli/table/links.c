/*
 * links.c - lists the callers or callees of rows. See links.h.
 */
#include "cli/table/links.h"

#include <stdlib.h>
#include <string.h>

static uint32_t own_row(const struct table_edge *edge, enum table_direction direction)
{
    return direction == TABLE_CALLERS ? edge->callee : edge->caller;
}

uint32_t table_links_other(const struct table_edge *edge, enum table_direction direction)
{
    return direction == TABLE_CALLERS ? edge->caller : edge->callee;
}

/* Sorts by counting: the start of each list is first its end, and goes down as the list is filled
 * backwards. */
static void fill(struct table_links *links, const struct table *table, enum table_direction direction)
{
    const struct table_edges *edges = &table->edges;

    for (size_t i = 0; i < edges->count; i++)
        links->starts[own_row(&edges->items[i], direction)]++;
    for (size_t i = 0; i < table->row_count; i++)
        links->starts[i + 1] += links->starts[i];
    for (size_t i = edges->count; i-- > 0;)
        links->edges[--links->starts[own_row(&edges->items[i], direction)]] = &edges->items[i];
}

int table_links_open(struct table_links *links, const struct table *table, enum table_direction direction)
{
    links->edges = reallocarray(NULL, table->edges.count + 1, sizeof *links->edges);
    links->starts = calloc(table->row_count + 1, sizeof *links->starts);
    if (links->edges == NULL || links->starts == NULL) {
        table_links_close(links);
        return -1;
    }
    fill(links, table, direction);
    return 0;
}

void table_links_close(struct table_links *links)
{
    free(links->edges);
    free(links->starts);
    memset(links, 0, sizeof *links);
}
