/*
 * names.h - the names of a table's rows. For table.c and table_add.c.
 */
#ifndef CLI_TABLE_NAMES_H
#define CLI_TABLE_NAMES_H

#include "cli/table/rows.h"

/* What the symbols of one function have in common, for a row that has a symbol. NULL without memory. */
const char *table_names_function(struct table *table, const struct table_row *row);

/* Gives each row its file, name and text, and sums up what HOW, table_finish()'s, makes equal. The rows lose
 * their order, and the table its index. Returns 0, or -1 without memory. */
int table_names_give(struct table *table, int how);

#endif
