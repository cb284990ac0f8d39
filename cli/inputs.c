/*
 * inputs.c - all that `stats` reads of its files. See inputs.h.
 */
#include "inputs.h"

#include <stdlib.h>

#include "load.h"
#include "report.h"

static int no_memory(struct message *message)
{
    return message_set(message, "not enough memory");
}

/* Adds the figures of one file, whose table this is. */
static int add_spread(const struct inputs_request *request, struct inputs *inputs,
                      const struct profile *profile, struct message *message)
{
    struct table table = {0};
    int result = table_add(&table, profile, message);

    if (result == 0)
        result = table_finish(&table, request->strip_dirs, message);
    if (result == 0)
        result = spread_add(&inputs->spread, &table, message);
    table_free(&table);
    return result;
}

/* Adds up what the report needs of PROFILE. */
static int add_profile(const struct inputs_request *request, struct inputs *inputs,
                       const struct profile *profile, struct message *message)
{
    int result = 0;

    notes_add(&inputs->notes, profile);
    if (request->need == INPUTS_CONTEXTS)
        return profile_merge(&inputs->merge, profile, message);
    if (request->need == INPUTS_SPREAD)
        result = add_spread(request, inputs, profile, message);
    else if (request->need == INPUTS_PARTS)
        result = parts_add(&inputs->parts, profile, message);
    return result == 0 ? table_add(&inputs->table, profile, message) : -1;
}

/* Loads what the user wants to see of a file. */
static int load(struct inputs_request *request, const char *path, struct profile *profile,
                struct message *message)
{
    int result = profile_load(profile, path, message);

    for (size_t i = 0; i < profile->warning_count; i++)
        request->warn(profile->warnings[i]);
    if (result == 0)
        selection_apply(&request->selection, profile);
    return result;
}

static int add_file(struct inputs_request *request, struct inputs *inputs, const char *path,
                    struct message *message)
{
    struct profile profile = {0};
    int result = load(request, path, &profile, message);

    if (result == 0)
        result = add_profile(request, inputs, &profile, message);
    profile_free(&profile);
    return result;
}

/* Reads the file that the others are compared with. */
static int read_before(struct inputs_request *request, struct inputs *inputs, struct message *message)
{
    struct profile profile = {0};
    int result = load(request, request->before, &profile, message);

    if (result == 0)
        result = table_add(&inputs->before, &profile, message);
    profile_free(&profile);
    return result == 0 ? table_finish(&inputs->before, request->strip_dirs, message) : -1;
}

/* Makes the table of the merged profile, which has all files' contexts. */
static int add_merged(struct inputs *inputs, struct message *message)
{
    const struct profile *profile = &inputs->merge.profile;

    inputs->row_of = reallocarray(NULL, profile->function_count + 1, sizeof *inputs->row_of);
    if (inputs->row_of == NULL)
        return no_memory(message);
    return table_track(&inputs->table, profile, inputs->row_of, message);
}

/* Makes a title of each file. */
static int make_titles(const struct inputs_request *request, char *const *paths, struct inputs *inputs,
                       struct message *message)
{
    size_t count = inputs->count + (request->before != NULL);

    inputs->titles = calloc(count + 1, sizeof *inputs->titles); /* ended by NULL */
    for (size_t i = 0; inputs->titles != NULL && i < count; i++) {
        inputs->titles[i] = report_title(i < inputs->count ? paths[i] : request->before);
        if (inputs->titles[i] == NULL)
            return no_memory(message);
    }
    return inputs->titles != NULL ? 0 : no_memory(message);
}

int inputs_read(struct inputs *inputs, struct inputs_request *request, char *const *paths, size_t count,
                struct message *message)
{
    inputs->count = count;
    if (make_titles(request, paths, inputs, message) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (add_file(request, inputs, paths[i], message) != 0)
            return -1;
    if (selection_is_active(&request->selection) && !request->selection.has_matched)
        return message_set(message, "there is no such thread or process; see --by thread");
    if (request->need == INPUTS_CONTEXTS && add_merged(inputs, message) != 0)
        return -1;
    if (request->before != NULL && read_before(request, inputs, message) != 0)
        return -1;
    return table_finish(&inputs->table, request->strip_dirs, message);
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
}
