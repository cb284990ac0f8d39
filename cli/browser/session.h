/*
 * session.h - the state of a browser: the files that were read, and how they are looked at. For
 * browser.c and browser_complete.c.
 *
 * The table is always finished, in seconds, with its edges. A command that fails leaves all as it was.
 *
 * Calling contexts are not kept, for they take the memory of several tables, and pstats's commands do not
 * need them: who asks for the tree has the files read again, if they are still the same.
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

/* A file that was read, and how to see whether it is still what it was. */
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
    int is_stripped;            /* of directories, since a file was read */
    struct browser_file *files; /* what was read, and what was added */
    size_t file_count;
    char **titles;
    size_t title_count;
    struct view view; /* without titles and restrictions */
};

/* Reads the file PATH in place of what is loaded. */
int browser_session_read(struct browser_session *session, const char *path, struct message *message);

/* Adds the file PATH. */
int browser_session_add(struct browser_session *session, const char *path, struct message *message);

/* The path of the file that was read last, or NULL. */
const char *browser_session_path(const struct browser_session *session);

/* Prints to STREAM, as VIEW says, the tree of the files that are loaded. */
int browser_session_print_tree(FILE *stream, const struct browser_session *session,
                               const struct tree_settings *settings, const struct view *view,
                               struct message *message);

/* Leaves base names of files. */
int browser_session_strip(struct browser_session *session, struct message *message);

void browser_session_free(struct browser_session *session);

#endif
