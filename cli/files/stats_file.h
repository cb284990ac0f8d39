/*
 * stats_file.h - a file of any kind, added to a table: our profiles and images, and Python's profiles.
 */
#ifndef CLI_FILES_STATS_FILE_H
#define CLI_FILES_STATS_FILE_H

#include <stdio.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

/* What a file holds: a profile; or, from Python or the front of a profile, only a table. */
struct stats_file {
    int is_table;
    struct profile profile;
    struct table table; /* not finished */
};

/* Adds what has been read. -1 without memory: the table can then only be freed. */
int stats_file_add_to(struct table *table, const struct stats_file *file, struct message *message);

/* The same, for the last time: what FILE has may move to the table. */
int stats_file_move_to(struct table *table, struct stats_file *file, struct message *message);

void stats_file_free(struct stats_file *file);

/* Reads the file PATH and adds it, as above. -1 with a message: the table can then only be freed. */
int stats_file_add(struct table *table, const char *path, FILE *warnings, struct message *message);

#endif
