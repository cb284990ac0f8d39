/*
 * stats_file.c - a file of any kind, added to a table. See stats_file.h.
 */
#include "stats_file.h"

#include <stdlib.h>

#include "file.h"
#include "load.h"
#include "marshal_read.h"
#include "prof_file.h"

static int add_marshal(struct table *table, const unsigned char *data, size_t size, const char *path,
                       struct message *message)
{
    struct table one = {.with_edges = table->with_edges};
    int result = marshal_read(&one, data, size, path, message);

    if (result == 0)
        result = table_merge(table, &one, message);
    table_free(&one);
    return result;
}

static void print_warnings(FILE *warnings, const struct profile *profile)
{
    struct message shown;

    for (size_t i = 0; i < profile->warning_count; i++) {
        message_set(&shown, "%s", profile->warnings[i]);
        fprintf(warnings, "stats: %s\n", shown.text);
    }
}

/* As the dictionary that would be the profile's front. */
static int add_dictionary(struct table *table, const struct profile *profile, struct message *message)
{
    struct table one = {.with_edges = 1};
    int result = table_add(&one, profile, message);

    if (result == 0)
        result = table_finish(&one, TABLE_DICTIONARY, message);
    if (result == 0)
        result = table_merge(table, &one, message);
    table_free(&one);
    return result;
}

static int add_profile(struct table *table, const unsigned char *data, size_t size, const char *path,
                       FILE *warnings, struct message *message)
{
    struct profile profile = {0};
    int result = profile_load_data(&profile, data, size, path, message);

    print_warnings(warnings, &profile);
    if (result == 0)
        result = table->in_seconds ? add_dictionary(table, &profile, message)
                                   : table_add(table, &profile, message);
    profile_free(&profile);
    return result;
}

int stats_file_add(struct table *table, const char *path, FILE *warnings, struct message *message)
{
    const struct file_skip front = {.end_size = PROF_TRAILER_SIZE, .skip = prof_front_size};
    unsigned char *data;
    size_t size;
    int result = table->in_seconds ? file_read(path, &data, &size, message)
                                   : file_read_behind(path, &front, &data, &size, message);

    if (result != 0)
        return -1;
    if (marshal_recognise(data, size) && (table->in_seconds || !prof_recognise(data, size)))
        result = add_marshal(table, data, size, path, message);
    else
        result = add_profile(table, data, size, path, warnings, message);
    free(data);
    return result;
}
