/*
 * save.h - a table's chosen rows as a file that Python's pstats reads.
 */
#ifndef CLI_FILES_SAVE_H
#define CLI_FILES_SAVE_H

#include "cli/base/message.h"
#include "cli/table/rows.h"

/* Writes the rows of LIST, in the order of TABLE, with the callers that are among them, to the file PATH:
 * whole, or not at all. TABLE has its edges, and was finished with TABLE_DICTIONARY, or is in seconds. -1
 * with a message. */
int save_table(const char *path, const struct table *table, const struct table_list *list,
               struct message *message);

#endif
