/*
 * session.c - the state of the browser. See session.h.
 */
#include "cli/browser/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/base/array.h"
#include "cli/files/inputs.h"
#include "cli/files/stats_file.h"
#include "cli/table/finish.h"
#include "cli/table/merge.h"

/* Replaces the table by TABLE. The rows then have no order, as in pstats. */
static void take(struct browser_session *session, const struct table *table)
{
    table_free(&session->table);
    session->table = *table;
    session->is_loaded = 1;
    session->view.order.count = 0;
    session->view.reverse = 0;
}

static int add_title(struct browser_session *session, const char *path, struct message *message)
{
    char *title = inputs_title(path), **added = NULL;

    if (title != NULL)
        added = ARRAY_APPEND(session->titles, session->title_count);
    if (added == NULL) {
        free(title);
        return message_no_memory(message);
    }
    *added = title;
    return 0;
}

/* Fills TABLE with the rows of SESSION and of the file PATH; each may be NULL. HOW is table->how.
 * Returns 0, or -1 and fills MESSAGE. */
static int build(const struct browser_session *session, const char *path, int how, struct table *table,
                 struct message *message)
{
    *table = (struct table){.in_seconds = 1, .has_edges = 1, .how = TABLE_KEEP_ORDER | how};
    if ((session == NULL || table_merge(table, &session->table, message) == 0) &&
        (path == NULL || stats_file_add(table, path, stdout, message) == 0) &&
        table_finish(table, message) == 0)
        return 0;
    table_free(table);
    return -1;
}

/* Fills FILE with what identifies the contents of PATH. Returns 0, or -1 and fills MESSAGE if they cannot be
 * read twice. */
static int identify(struct browser_file *file, const char *path, struct message *message)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return message_set(message, "cannot read %s: %s", path, strerror(errno));
    *file = (struct browser_file){
        .device = status.st_dev, .inode = status.st_ino, .size = status.st_size, .modified = status.st_mtim};
    if (!S_ISREG(status.st_mode))
        return message_set(message, "%s cannot be read twice: it is not a regular file", path);
    return 0;
}

static int add_file(struct browser_session *session, const char *path, struct browser_file file,
                    struct message *message)
{
    struct browser_file *added = NULL;

    file.path = strdup(path);
    if (file.path != NULL)
        added = ARRAY_APPEND(session->files, session->file_count);
    if (added == NULL) {
        free(file.path);
        return message_no_memory(message);
    }
    *added = file;
    return add_title(session, path, message);
}

static void forget_files(struct browser_session *session)
{
    for (size_t i = 0; i < session->file_count; i++)
        free(session->files[i].path);
    free(session->files);
    session->files = NULL;
    session->file_count = 0;
    for (size_t i = 0; i < session->title_count; i++)
        free(session->titles[i]);
    free(session->titles);
    session->titles = NULL;
    session->title_count = 0;
}

int browser_session_read(struct browser_session *session, const char *path, struct message *message)
{
    struct browser_file file = {0};
    struct table table;

    identify(&file, path, message); /* a failure is met later, by check_file() */
    if (build(NULL, path, 0, &table, message) != 0)
        return -1;
    take(session, &table);
    forget_files(session);
    session->is_stripped = 0;
    return add_file(session, path, file, message);
}

int browser_session_add(struct browser_session *session, const char *path, struct message *message)
{
    struct browser_file file = {0};
    struct table table;

    identify(&file, path, message);
    if (build(session, path, 0, &table, message) != 0)
        return -1;
    take(session, &table);
    return add_file(session, path, file, message);
}

const char *browser_session_path(const struct browser_session *session)
{
    return session->file_count == 0 ? NULL : session->files[0].path;
}

/* Returns 0 if FILE has not changed since it was read, or -1 and fills MESSAGE. */
static int check_file(const struct browser_file *file, struct message *message)
{
    struct browser_file now = {0};

    if (identify(&now, file->path, message) != 0)
        return -1;
    if (now.device != file->device || now.inode != file->inode || now.size != file->size ||
        now.modified.tv_sec != file->modified.tv_sec || now.modified.tv_nsec != file->modified.tv_nsec)
        return message_set(message, "%s has changed since it was read: read it again", file->path);
    return 0;
}

static int check_files(const struct browser_session *session, struct message *message)
{
    for (size_t i = 0; i < session->file_count; i++)
        if (check_file(&session->files[i], message) != 0)
            return -1;
    return 0;
}

/* Reads the files again into INPUTS. Returns 0, or -1 and fills MESSAGE, also if one has changed. */
static int read_again(const struct browser_session *session, FILE *warnings, struct inputs *inputs,
                      struct message *message)
{
    struct inputs_request request = {
        .need = INPUTS_CONTEXTS, .how = session->is_stripped ? TABLE_STRIP_DIRS : 0, .warnings = warnings};
    char **paths;
    int result;

    if (check_files(session, message) != 0)
        return -1;
    if ((paths = reallocarray(NULL, session->file_count + 1, sizeof *paths)) == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < session->file_count; i++)
        paths[i] = session->files[i].path;
    result = inputs_read(inputs, &request, paths, session->file_count, message);
    free(paths);
    return result;
}

int browser_session_print_tree(FILE *stream, const struct browser_session *session,
                               const struct tree_settings *settings, const struct view *view,
                               struct message *message)
{
    struct inputs inputs = {0};
    int result = read_again(session, stream, &inputs, message);

    if (result == 0)
        result = tree_report_print(stream, settings, view, &inputs.table, &inputs.merge.profile,
                                   inputs.row_of, message);
    inputs_free(&inputs);
    return result;
}

int browser_session_strip(struct browser_session *session, struct message *message)
{
    struct table table;

    if (build(session, NULL, TABLE_STRIP_DIRS, &table, message) != 0)
        return -1;
    take(session, &table);
    session->is_stripped = 1;
    return 0;
}

void browser_session_free(struct browser_session *session)
{
    table_free(&session->table);
    forget_files(session);
    *session = (struct browser_session){0};
}
