/*
 * save.c - saves what `stats` and `profile` have in a file. See save.h.
 */
#include "cli/files/save.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/files/marshal_write.h"
#include "cli/files/prof_file.h"

int save_profile(const char *path, const struct profile *profile, struct message *message)
{
    struct byte_writer out = {0};
    int result = prof_write(&out, profile, message);

    if (result == 0)
        result = output_write(path, out.bytes, out.size, message);
    free(out.bytes);
    return result;
}

/* Adds the listed rows to PART. Fills MAP with the place of each row of TABLE there, HASH_NONE if it is not
 * listed. */
static int add_rows(struct table *part, const struct table *table, const struct table_list *list,
                    uint32_t *map)
{
    memset(map, 0xff, table->row_count * sizeof *map); /* HASH_NONE */
    for (size_t i = 0; i < list->count; i++)
        map[list->rows[i] - table->rows] = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        const struct table_row *row = &table->rows[i];
        if (map[i] == HASH_NONE)
            continue;
        map[i] = table_row_named(part, row->file, row->line, row->name);
        if (map[i] == HASH_NONE)
            return -1;
        table_row_add(part, map[i], row);
    }
    return 0;
}

static int add_edges(struct table *part, const struct table *table, const uint32_t *map)
{
    for (size_t i = 0; i < table->edges.count; i++) {
        struct table_edge edge = table->edges.items[i];
        edge.caller = map[edge.caller];
        edge.callee = map[edge.callee];
        if (edge.caller != HASH_NONE && edge.callee != HASH_NONE && table_edges_add(&part->edges, &edge) != 0)
            return -1;
    }
    return 0;
}

int save_table(struct byte_writer *out, const struct table *table, const struct table_list *list,
               struct message *message)
{
    struct table part = {.in_seconds = table->in_seconds, .counts = table->counts};
    uint32_t *map = reallocarray(NULL, table->row_count + 1, sizeof *map);
    int result = map == NULL || add_rows(&part, table, list, map) != 0 || add_edges(&part, table, map) != 0 ||
                         marshal_write(out, &part) != 0
                     ? message_no_memory(message)
                     : 0;

    free(map);
    table_free(&part);
    return result;
}
