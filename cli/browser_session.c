/*
 * browser_session.c - the state of a browser. See browser_session.h.
 */
#include "browser_session.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "report.h"
#include "stats_file.h"

/* Takes TABLE in place of the old one: the rows have no order then, as in pstats. */
static void take(struct session *session, const struct table *table)
{
    table_free(&session->table);
    session->table = *table;
    session->is_loaded = 1;
    session->view.order.count = 0;
    session->view.reverse = 0;
}

static int add_title(struct session *session, const char *path, struct message *message)
{
    char *title = report_title(path), **added = NULL;

    if (title != NULL)
        added = ARRAY_APPEND(session->titles, session->title_count);
    if (added == NULL) {
        free(title);
        return message_set(message, "not enough memory");
    }
    *added = title;
    return 0;
}

/* The rows of the session, if any, and those of the file PATH, if any, in a new table. */
static int build(const struct session *session, const char *path, int how, struct table *table,
                 struct message *message)
{
    int result = 0;

    *table = (struct table){.in_seconds = 1, .with_edges = 1};
    if (session != NULL)
        result = table_merge(table, &session->table, message);
    if (result == 0 && path != NULL)
        result = stats_file_add(table, path, stdout, message);
    if (result == 0)
        result = table_finish(table, TABLE_KEEP_ORDER | how, message);
    if (result != 0)
        table_free(table);
    return result;
}

static void forget_titles(struct session *session)
{
    for (size_t i = 0; i < session->title_count; i++)
        free(session->titles[i]);
    free(session->titles);
    session->titles = NULL;
    session->title_count = 0;
}

int session_read(struct session *session, const char *path, struct message *message)
{
    struct table table;
    char *copy = strdup(path);

    if (copy == NULL)
        return message_set(message, "not enough memory");
    if (build(NULL, path, 0, &table, message) != 0) {
        free(copy);
        return -1;
    }
    take(session, &table);
    free(session->path);
    session->path = copy;
    forget_titles(session);
    return add_title(session, path, message);
}

int session_add(struct session *session, const char *path, struct message *message)
{
    struct table table;

    if (build(session, path, 0, &table, message) != 0)
        return -1;
    take(session, &table);
    return add_title(session, path, message);
}

int session_strip(struct session *session, struct message *message)
{
    struct table table;

    if (build(session, NULL, TABLE_STRIP_DIRS, &table, message) != 0)
        return -1;
    take(session, &table);
    return 0;
}

void session_free(struct session *session)
{
    table_free(&session->table);
    forget_titles(session);
    free(session->path);
    *session = (struct session){0};
}
