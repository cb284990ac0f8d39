/*
 * session.h - the state of the browser: the files that were read, their sum, and its order and unit.
 *
 * The table is always finished (cli/table/rows.h), in seconds and with its edges. A function that fails
 * leaves the session as it was.
 *
 * Calling contexts are not kept: they take the memory of several tables, and the commands of pstats do not
 * need them. The tree is made from the files, which are read again if they have not changed.
 */
#ifndef CLI_BROWSER_SESSION_H
#define CLI_BROWSER_SESSION_H

#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include "cli/base/message.h"
#include "cli/report/tree_report.h"
#include "cli/report/view.h"
#include "cli/table/rows.h"

/* A file that was read. The other members tell whether it has changed since. */
struct browser_file {
    char *path;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

struct browser_session {
    struct table table;
    int is_loaded;
    int is_stripped;            /* names have no directories: strip was used since the last file was read */
    struct browser_file *files; /* the one that was read, then those that were added */
    size_t file_count;
    char **titles;
    size_t title_count;
    struct view view; /* without titles and restrictions */
};

/* Replaces what is loaded by the file PATH. Returns 0, or -1 and fills MESSAGE. */
int browser_session_read(struct browser_session *session, const char *path, struct message *message);

/* Adds the file PATH to what is loaded. Returns 0, or -1 and fills MESSAGE. */
int browser_session_add(struct browser_session *session, const char *path, struct message *message);

/* Returns the path of the file that was read last, or NULL. */
const char *browser_session_path(const struct browser_session *session);

/* Prints the tree of the loaded files to STREAM. Returns 0, or -1 and fills MESSAGE. */
int browser_session_print_tree(FILE *stream, const struct browser_session *session,
                               const struct tree_settings *settings, const struct view *view,
                               struct message *message);

/* Removes the directories from names of files. Returns 0, or -1 and fills MESSAGE. */
int browser_session_strip(struct browser_session *session, struct message *message);

/* Frees what SESSION holds and zeroes it; a zeroed struct is fine. */
void browser_session_free(struct browser_session *session);

#endif
