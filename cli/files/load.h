/*
 * load.h - reads a file of any kind: a finished profile, the image of a program that ran without the
 * launcher, or a profile of Python.
 *
 * Files are not trusted: the loaders check every length, index and offset.
 */
#ifndef CLI_FILES_LOAD_H
#define CLI_FILES_LOAD_H

#include "cli/base/message.h"
#include "cli/files/stats_file.h"
#include "cli/files/warnings.h"
#include "cli/table/rows.h"

/*
 * Reads the file PATH into FILE, which is zeroed, to be added to the table INTO. A profile gets its
 * functions' symbols. For a table in seconds, FILE gets what pstats would read: of a profile of ours the
 * front. Prints a line to WARNINGS for each part of the file that could not be loaded.
 *
 * Returns 0, or -1 and fills MESSAGE. The caller calls stats_file_free() in either case.
 */
int load_file(struct stats_file *file, const char *path, const struct table *into, struct warnings *warnings,
              struct message *message);

#endif
