/*
 * inputs.c - reads the files that `stats` is given. See inputs.h.
 */
#include "cli/files/inputs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/files/load.h"
#include "cli/files/stats_file.h"
#include "cli/model/fold.h"
#include "cli/model/threads.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/merge.h"

/* Adds FILE to the figures that the files have side by side. */
static int add_spread(const struct inputs_request *request, struct inputs *inputs,
                      const struct stats_file *file, struct message *message)
{
    struct table table = {.how = request->how};
    int result = -1;

    if (stats_file_add_to(&table, file, message) == 0 && table_finish(&table, message) == 0)
        result = spread_add(&inputs->spread, &table, message);
    table_free(&table);
    return result;
}

/* Makes a table of the merged profile, to add files to that have no contexts. */
static int give_up_contexts(struct inputs *inputs, struct message *message)
{
    if (!inputs->is_merged)
        return 0;
    inputs->is_merged = 0;
    int result = table_add(&inputs->table, &inputs->merge.profile, message);
    merge_free(&inputs->merge);
    inputs->merge = (struct merge){0};
    return result;
}

/* Refuses a file that has no contexts where these are needed. */
static int check_contexts(const struct inputs_request *request, const char *path, struct message *message)
{
    int needs = request->need == INPUTS_CONTEXTS || request->need == INPUTS_PARTS || request->min_time > 0;

    if (needs || selection_is_active(&request->selection))
        return message_set(message, "%s has no calling contexts, only figures of functions", path);
    return 0;
}

/* Returns 1 if the report needs the merged profile. */
static int needs_merged(const struct inputs_request *request)
{
    return request->need == INPUTS_CONTEXTS || request->need == INPUTS_SUM || request->need == INPUTS_EXPORT;
}

/* Returns 1 if the profile of the one file that is read takes the place of the merged one, with its threads.
 */
static int keeps_threads(const struct inputs_request *request, const struct inputs *inputs)
{
    return inputs->count == 1 && (request->need == INPUTS_SUM || request->has_threads);
}

/* Adds up what the report needs of FILE. */
static int add_to(struct inputs_request *request, struct inputs *inputs, struct stats_file *file,
                  struct message *message)
{
    if (file->is_table) {
        inputs->notes.has_calls |= file->table.row_count > 0;
        inputs->runs.is_unknown = 1;
    } else {
        notes_add(&inputs->notes, &file->profile);
        if (runs_add(&inputs->runs, &file->profile) != 0)
            return message_no_memory(message);
    }
    if (file->is_table && (request->need == INPUTS_SUM || request->need == INPUTS_EXPORT)) {
        request->need = INPUTS_TABLE;
        if (give_up_contexts(inputs, message) != 0)
            return -1;
    }
    if (needs_merged(request)) {
        inputs->is_merged = 1;
        if (keeps_threads(request, inputs)) {
            inputs->merge.profile = file->profile;
            file->profile = (struct profile){0};
            return 0;
        }
        return profile_merge(&inputs->merge, &file->profile, message);
    }
    if (request->need == INPUTS_SPREAD && add_spread(request, inputs, file, message) != 0)
        return -1;
    if (request->need == INPUTS_PARTS && parts_add(&inputs->parts, &file->profile, message) != 0)
        return -1;
    return stats_file_move_to(&inputs->table, file, message);
}

/* Returns 1 if the report needs the records of all threads at once. */
static int needs_all(const struct inputs_request *request)
{
    return request->need == INPUTS_SUM || request->has_threads || request->raw || request->min_time > 0;
}

/* Reads the file PATH, and keeps of it what the user wants to see. */
static int load(struct inputs_request *request, const char *path, const struct table *into,
                struct stats_file *file, struct warnings *warnings, struct message *message)
{
    if (load_file(file, path, into, warnings, message) != 0)
        return -1;
    if (file->is_table)
        return check_contexts(request, path, message);
    selection_apply(&request->selection, &file->profile);
    if (needs_all(request) && profile_load_all(&file->profile) != 0)
        return message_no_memory(message);
    if (request->raw)
        profile_forget_overhead(&file->profile);
    return request->min_time > 0 ? profile_fold(&file->profile, request->min_time, message) : 0;
}

static int add_file(struct inputs_request *request, struct inputs *inputs, const char *path,
                    struct message *message)
{
    struct stats_file file = {0};
    int result = load(request, path, &inputs->table, &file, &inputs->warnings, message);

    if (result == 0)
        result = add_to(request, inputs, &file, message);
    result = stats_file_check(&file, path, result, message);
    stats_file_free(&file);
    return result;
}

/* Reads the file that the others are compared with. */
static int read_before(struct inputs_request *request, struct inputs *inputs, struct message *message)
{
    struct stats_file file = {0};
    int result = load(request, request->before, &inputs->before, &file, &inputs->warnings, message);

    if (result == 0)
        result = stats_file_move_to(&inputs->before, &file, message);
    result = stats_file_check(&file, request->before, result, message);
    stats_file_free(&file);
    if (result != 0)
        return -1;
    if (inputs->table.measure != NULL && inputs->before.measure != NULL &&
        table_measure(&inputs->before, inputs->table.measure, inputs->table.counts, message) != 0)
        return -1;
    return table_finish(&inputs->before, message);
}

/* Makes the table of the merged profile, which has all files' contexts. */
static int add_merged(struct inputs *inputs, struct message *message)
{
    const struct profile *profile = &inputs->merge.profile;

    inputs->row_of = reallocarray(NULL, profile->function_count + 1, sizeof *inputs->row_of);
    if (inputs->row_of == NULL)
        return message_no_memory(message);
    return table_track(&inputs->table, profile, inputs->row_of, message);
}

/* Makes a title of each file. */
static int make_titles(const struct inputs_request *request, char *const *paths, struct inputs *inputs,
                       struct message *message)
{
    size_t count = inputs->count + (request->before != NULL);

    inputs->titles = calloc(count + 1, sizeof *inputs->titles); /* ended by NULL */
    for (size_t i = 0; inputs->titles != NULL && i < count; i++) {
        inputs->titles[i] = inputs_title(i < inputs->count ? paths[i] : request->before);
        if (inputs->titles[i] == NULL)
            return message_no_memory(message);
    }
    return inputs->titles != NULL ? 0 : message_no_memory(message);
}

char *inputs_title(const char *path)
{
    struct stat status;
    char when[64];
    char *title;

    if (stat(path, &status) != 0 || ctime_r(&status.st_mtime, when) == NULL)
        return strdup(path);
    when[strcspn(when, "\n")] = '\0';
    return asprintf(&title, "%s    %s", when, path) < 0 ? NULL : title;
}

int inputs_read(struct inputs *inputs, struct inputs_request *request, char *const *paths, size_t count,
                struct message *message)
{
    inputs->count = count;
    inputs->table.how = inputs->before.how = request->how;
    inputs->table.in_seconds = request->in_seconds;
    inputs->table.has_edges = request->has_edges;
    inputs->table.has_recording = request->has_recording;
    inputs->spread.figure = request->figure;
    inputs->warnings.stream = request->warnings;
    if (make_titles(request, paths, inputs, message) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (add_file(request, inputs, paths[i], message) != 0)
            return -1;
    if (selection_is_active(&request->selection) && !request->selection.has_matched)
        return selection_say_missing(&request->selection, message);
    if (request->need == INPUTS_SUM)
        return 0;
    if ((request->need == INPUTS_CONTEXTS || request->need == INPUTS_EXPORT) &&
        add_merged(inputs, message) != 0)
        return -1;
    if (request->before != NULL && read_before(request, inputs, message) != 0)
        return -1;
    return table_finish(&inputs->table, message);
}

void inputs_free(struct inputs *inputs)
{
    for (char **title = inputs->titles; title != NULL && *title != NULL; title++)
        free(*title);
    free(inputs->titles);
    free(inputs->row_of);
    table_free(&inputs->table);
    table_free(&inputs->before);
    parts_free(&inputs->parts);
    spread_free(&inputs->spread);
    merge_free(&inputs->merge);
    warnings_free(&inputs->warnings);
}
