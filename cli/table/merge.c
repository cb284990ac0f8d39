/*
 * merge.c - adds one table to another. See merge.h.
 */
#include "cli/table/merge.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/count.h"

static int merge_rows(struct table *table, const struct table *from, double scale, uint32_t *map)
{
    for (size_t i = 0; i < from->row_count; i++) {
        struct table_row row = from->rows[i];
        map[i] = table_row_named(table, row.file, row.line, row.name);
        if (map[i] == HASH_NONE)
            return -1;
        row.tottime *= scale;
        row.cumtime *= scale;
        row.recording *= scale;
        row.variance *= scale * scale;
        row.cumvariance *= scale * scale;
        if (!row.is_unlisted)
            table_row_add(table, map[i], &row);
    }
    return 0;
}

static int merge_edges(struct table *table, const struct table *from, double scale, const uint32_t *map)
{
    for (size_t i = 0; table->has_edges && i < from->edges.count; i++) {
        struct table_edge edge = from->edges.items[i];
        edge.caller = map[edge.caller];
        edge.callee = map[edge.callee];
        edge.tottime *= scale;
        edge.cumtime *= scale;
        edge.variance *= scale * scale;
        edge.cumvariance *= scale * scale;
        if (table_edges_add(&table->edges, &edge) != 0)
            return -1;
    }
    return 0;
}

int table_measure(struct table *table, const char *measure, int counts, struct message *message)
{
    if (table->measure != NULL && strcmp(table->measure, measure) != 0)
        return message_set(message, "cannot combine profiles of %s with profiles of %s", table->measure,
                           measure);
    table->counts = counts;
    if (table->measure == NULL)
        table->measure = intern_string(&table->strings, measure);
    return table->measure != NULL ? 0 : message_no_memory(message);
}

int table_filter(struct table *table, const char *filters)
{
    const char *both = profile_add_filters(table->filters, filters, !table->has_filters);

    table->has_filters = 1;
    table->filters = both == NULL ? NULL : intern_string(&table->strings, both);
    return both == NULL || table->filters != NULL ? 0 : -1;
}

static double scale_of(const struct table *table, const struct table *from)
{
    if (from->counts || table->in_seconds == from->in_seconds)
        return 1;
    return table->in_seconds ? 1e-9 : 1e9;
}

static int merge_contents(struct table *table, const struct table *from, double scale, uint32_t *map)
{
    if (from->has_filters && table_filter(table, from->filters) != 0)
        return -1;
    if (merge_rows(table, from, scale, map) != 0)
        return -1;
    return merge_edges(table, from, scale, map);
}

static void merge_totals(struct table *table, const struct table *from, double scale)
{
    count_add(&table->calls, from->calls);
    count_add(&table->primitive_calls, from->primitive_calls);
    table->tottime += from->tottime * scale;
    table->measured += from->measured * scale;
    count_add(&table->lost, from->lost);
    table->clocks |= from->clocks;
    table->waits |= from->waits;
    table->timers |= from->timers;
    table->is_paused |= from->is_paused;
    table->is_reset |= from->is_reset;
    table->variance += from->variance * scale * scale;
    count_add(&table->samples, from->samples);
    count_add(&table->unsampled, from->unsampled);
    table->contexts = table->contexts > from->contexts ? table->contexts : from->contexts;
    table->samplers |= from->samplers;
    table->is_compensated |= from->is_compensated;
}

int table_merge(struct table *table, const struct table *from, struct message *message)
{
    double scale = scale_of(table, from);
    uint32_t *map;
    int result = -1;

    if (from->measure != NULL && table_measure(table, from->measure, from->counts, message) != 0)
        return -1;
    map = reallocarray(NULL, from->row_count + 1, sizeof *map);
    if (map != NULL)
        result = merge_contents(table, from, scale, map);
    free(map);
    merge_totals(table, from, scale);
    return result == 0 ? 0 : message_no_memory(message);
}

/* Spares an empty table from interning all names again, as table_merge() does. */
int table_take(struct table *table, struct table *from)
{
    if (table->row_count > 0 || table->calls > 0 || table->lost > 0 || table->measure != NULL ||
        table->in_seconds != from->in_seconds || table->has_edges != from->has_edges ||
        table->has_recording != from->has_recording)
        return 0;
    from->how = table->how;
    table_free(table);
    *table = *from;
    *from = (struct table){.in_seconds = table->in_seconds};
    return 1;
}
