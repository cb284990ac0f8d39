/*
 * finish.h - the last step of making a table: names its rows, sorts them and sums them up.
 */
#ifndef CLI_TABLE_FINISH_H
#define CLI_TABLE_FINISH_H

#include "cli/base/message.h"
#include "cli/table/rows.h"

/* Names the rows and sorts them, as table->how says. Returns 0, or -1 and fills MESSAGE. */
int table_finish(struct table *table, struct message *message);

/* Puts the rows into the order in which they were listed. Returns 0, or -1 and fills MESSAGE. */
int table_order(struct table *table, struct message *message);

#endif
