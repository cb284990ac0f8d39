/*
 * stats_file.h - the contents of a file of any kind, and adding them to a table.
 */
#ifndef CLI_FILES_STATS_FILE_H
#define CLI_FILES_STATS_FILE_H

#include <stdio.h>

#include "cli/base/file.h"
#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

/* A file that load_file() has read. A file of Python's has a table; so has one of ours if its front was read.
 */
struct stats_file {
    int is_table;      /* TABLE is filled, and not PROFILE */
    struct file bytes; /* of which PROFILE loads its threads */
    struct profile profile;
    struct table table; /* not finished */
};

/* Adds the contents of FILE to TABLE. Returns 0, or -1 and fills MESSAGE: TABLE can then only be freed. */
int stats_file_add_to(struct table *table, const struct stats_file *file, struct message *message);

/* Adds the contents of FILE to TABLE and may move them: FILE can then only be freed. Returns 0, or -1 and
 * fills MESSAGE: TABLE can then only be freed. */
int stats_file_move_to(struct table *table, struct stats_file *file, struct message *message);

/* Returns RESULT, of doing something with FILE. If that failed because the file, at PATH, is damaged, says so
 * in MESSAGE: a thread's records are read when they are needed. */
int stats_file_check(const struct stats_file *file, const char *path, int result, struct message *message);

/* Frees what FILE holds; a zeroed struct is fine. */
void stats_file_free(struct stats_file *file);

/* Reads the file PATH, with its WARNINGS as load_file() has them, and adds it to TABLE. Returns 0, or -1 and
 * fills MESSAGE: TABLE can then only be freed. */
int stats_file_add(struct table *table, const char *path, FILE *warnings, struct message *message);

#endif
