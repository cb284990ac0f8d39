/*
 * names.h - names the rows of a table. For cli/table alone.
 */
#ifndef CLI_TABLE_NAMES_H
#define CLI_TABLE_NAMES_H

#include "cli/table/rows.h"

/* Returns the name that all symbols of ROW's function share. ROW must have a symbol. Returns NULL without
 * memory. */
const char *table_names_function(struct table *table, const struct table_row *row);

/* Fills FIRST, for each row, with the first row that table_names_give() will make equal to it: often itself.
 * Returns 0, or -1 without memory. */
int table_names_equal(struct table *table, uint32_t *first);

/* Sets the file, name and text of each row, and sums up the rows that become equal (enum table_how). The rows
 * lose their order, and the table loses its index. Returns 0, or -1 without memory. */
int table_names_give(struct table *table);

#endif
