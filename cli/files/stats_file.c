/*
 * stats_file.c - adds the contents of a file to a table. See stats_file.h.
 */
#include "cli/files/stats_file.h"

#include "cli/files/load.h"
#include "cli/files/prof_section.h"
#include "cli/model/threads.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/merge.h"

/* Adds PROFILE as the dictionary that is the front of its file. */
static int add_dictionary(struct table *table, const struct profile *profile, struct message *message)
{
    struct table one = {.has_edges = 1, .how = TABLE_DICTIONARY};
    int result = -1;

    if (table_add(&one, profile, message) == 0 && table_finish(&one, message) == 0)
        result = table_merge(table, &one, message);
    table_free(&one);
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

int stats_file_check(const struct stats_file *file, const char *path, int result, struct message *message)
{
    if (result != 0 && profile_is_damaged(&file->profile))
        message_set(message, PROF_DAMAGED, path);
    return result;
}

void stats_file_free(struct stats_file *file)
{
    model_free(&file->profile);
    file_close(&file->bytes);
    table_free(&file->table);
}

int stats_file_add(struct table *table, const char *path, FILE *warnings, struct message *message)
{
    struct stats_file file = {0};
    struct warnings lines = {.stream = warnings};
    int result = load_file(&file, path, table, &lines, message);

    if (result == 0)
        result = stats_file_check(&file, path, stats_file_move_to(table, &file, message), message);
    stats_file_free(&file);
    warnings_free(&lines);
    return result;
}
