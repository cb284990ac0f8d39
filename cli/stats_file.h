/*
 * stats_file.h - a file of any kind, added to a table: our profiles and images, and Python's profiles.
 */
#ifndef STATS_FILE_H
#define STATS_FILE_H

#include <stdio.h>

#include "message.h"
#include "table.h"

/*
 * Adds the file PATH. A table in seconds gets what pstats would read: of our own profiles their front. What
 * could not be had of the file is written to WARNINGS, line by line. -1 with a message: the table may then
 * have part of the file, and can only be freed.
 */
int stats_file_add(struct table *table, const char *path, FILE *warnings, struct message *message);

#endif
