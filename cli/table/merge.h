/*
 * merge.h - adds one table to another.
 */
#ifndef CLI_TABLE_MERGE_H
#define CLI_TABLE_MERGE_H

#include "cli/base/message.h"
#include "cli/table/rows.h"

/* Adds the figures of FROM, which marshal_read() filled or table_finish() finished. Matches functions by
 * file, line and name. FROM may be freed afterwards. Returns 0, or -1 and fills MESSAGE. */
int table_merge(struct table *table, const struct table *from, struct message *message);

/* Moves the contents of FROM into TABLE, if that gives the result of table_merge(): TABLE must be empty, and
 * both must be of one kind. Returns 1 if it did, and leaves FROM empty; else 0. */
int table_take(struct table *table, struct table *from);

/* Records the unit in which the next addition is measured. COUNTS says that it is not time. Returns 0, or -1
 * and fills MESSAGE if TABLE already has another unit. */
int table_measure(struct table *table, const char *measure, int counts, struct message *message);

/* Records the filters that were in force in the next addition. Returns 0, or -1 without memory. */
int table_filter(struct table *table, const char *filters);

#endif
