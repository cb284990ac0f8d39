/*
 * save.h - saves a profile in a file, which is written whole or not at all, and makes a file of the chosen
 * rows of a table.
 */
#ifndef CLI_FILES_SAVE_H
#define CLI_FILES_SAVE_H

#include "cli/base/bytes.h"
#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

/* Writes PROFILE to the file PATH (prof_file.h). Returns 0, or -1 and fills MESSAGE. */
int save_profile(const char *path, const struct profile *profile, struct message *message);

/* Writes the rows of LIST to OUT, which is empty, as Python's pstats reads them. They stand in the order of
 * TABLE, with the callers that are among them. TABLE has its edges, and was finished with TABLE_DICTIONARY,
 * or is in seconds. Returns 0, or -1 and fills MESSAGE. The caller frees out->bytes in either case. */
int save_table(struct byte_writer *out, const struct table *table, const struct table_list *list,
               struct message *message);

#endif
