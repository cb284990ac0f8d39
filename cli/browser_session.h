/*
 * browser_session.h - the state of a browser: the files that were read, and how they are looked at. For
 * browser.c and browser_complete.c.
 *
 * The table is always finished, in seconds, with its edges. A command that fails leaves all as it was.
 */
#ifndef BROWSER_SESSION_H
#define BROWSER_SESSION_H

#include <stdio.h>

#include "message.h"
#include "table.h"
#include "view.h"

struct session {
    struct table table;
    int is_loaded;
    char *path; /* of the file that was read last, or NULL */
    char **titles;
    size_t title_count;
    struct view view; /* without titles and restrictions */
};

/* Reads the file PATH in place of what is loaded. */
int session_read(struct session *session, const char *path, struct message *message);

/* Adds the file PATH. */
int session_add(struct session *session, const char *path, struct message *message);

/* Leaves base names of files. */
int session_strip(struct session *session, struct message *message);

void session_free(struct session *session);

#endif
