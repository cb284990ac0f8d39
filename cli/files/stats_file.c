/*
 * stats_file.c - a file of any kind, added to a table. See stats_file.h.
 */
#include "cli/files/stats_file.h"

#include <stdlib.h>

#include "cli/base/file.h"
#include "cli/files/load.h"
#include "cli/files/marshal_read.h"
#include "cli/files/prof_file.h"

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

/* Each byte of a finished profile is looked at once, but not of an image, whose program may still run. */
static int read_profile(struct stats_file *file, struct file *bytes, const char *path,
                        struct message *message)
{
    if (!prof_recognise(bytes->data, bytes->size) && file_own(bytes, path, message) != 0)
        return -1;
    return profile_load_data(&file->profile, bytes->data, bytes->size, path, message);
}

int stats_file_read(struct stats_file *file, const char *path, const struct table *into, FILE *warnings,
                    struct message *message)
{
    struct file bytes = {0};
    int result = file_open(&bytes, path, message);

    if (result != 0)
        return -1;
    file->is_table = marshal_recognise(bytes.data, bytes.size) &&
                     (into->in_seconds || !prof_recognise(bytes.data, bytes.size));
    file->table.with_edges = into->with_edges;
    if (file->is_table) {
        result = marshal_read(&file->table, bytes.data, bytes.size, path, message);
    } else {
        result = read_profile(file, &bytes, path, message);
        print_warnings(warnings, &file->profile);
    }
    file_close(&bytes);
    return result;
}

int stats_file_add_to(struct table *table, const struct stats_file *file, struct message *message)
{
    if (file->is_table)
        return table_merge(table, &file->table, message);
    return table->in_seconds ? add_dictionary(table, &file->profile, message)
                             : table_add(table, &file->profile, message);
}

int stats_file_move_to(struct table *table, struct stats_file *file, struct message *message)
{
    if (file->is_table && table_take(table, &file->table))
        return 0;
    return stats_file_add_to(table, file, message);
}

void stats_file_free(struct stats_file *file)
{
    profile_free(&file->profile);
    table_free(&file->table);
}

int stats_file_add(struct table *table, const char *path, FILE *warnings, struct message *message)
{
    struct stats_file file = {0};
    int result = stats_file_read(&file, path, table, warnings, message);

    if (result == 0)
        result = stats_file_move_to(table, &file, message);
    stats_file_free(&file);
    return result;
}
