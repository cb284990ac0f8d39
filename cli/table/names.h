/*
 * names.h - names the rows of a table. For cli/table alone.
 */
#ifndef CLI_TABLE_NAMES_H
#define CLI_TABLE_NAMES_H

#include "cli/table/rows.h"

/* Returns the name that all symbols of ROW's function share. ROW must have a symbol. Returns NULL without
 * memory. */
const char *table_names_function(struct table *table, const struct table_row *row);

/* Sets the file, name and text of each row, and sums up the rows that HOW makes equal (enum table_how). The
 * rows lose their order, and the table loses its index. Returns 0, or -1 without memory. */
int table_names_give(struct table *table, int how);

#endif
