/*
 * edges.c - who called whom. See edges.h.
 */
#include "cli/table/edges.h"

#include <stdlib.h>

#include "cli/base/array.h"
#include "cli/model/inclusive.h"

static int same_pair(const void *owner, uint32_t value, const void *key)
{
    const struct table_edge *a = &((const struct table_edges *)owner)->items[value], *b = key;

    return a->caller == b->caller && a->callee == b->callee;
}

static uint64_t pair_hash(const struct table_edge *edge)
{
    const uint32_t pair[] = {edge->caller, edge->callee};

    return hash_bytes(pair, sizeof pair, 0);
}

static struct table_edge *find(const struct table_edges *edges, const struct table_edge *pair)
{
    const struct hash_lookup lookup = {.same = same_pair, .owner = edges};
    uint32_t found = hash_find(&edges->index, pair_hash(pair), lookup, pair);

    return found == HASH_NONE ? NULL : &edges->items[found];
}

int table_edges_add(struct table_edges *edges, const struct table_edge *edge)
{
    struct table_edge *sum = find(edges, edge);

    if (sum == NULL) {
        if (edges->count >= HASH_NONE ||
            hash_insert(&edges->index, pair_hash(edge), (uint32_t)edges->count) != 0 ||
            (sum = ARRAY_APPEND(edges->items, edges->count)) == NULL)
            return -1;
        *sum = *edge;
        return 0;
    }
    sum->ncalls += edge->ncalls;
    sum->pcalls += edge->pcalls;
    sum->tottime += edge->tottime;
    sum->cumtime += edge->cumtime;
    sum->variance += edge->variance;
    sum->cumvariance += edge->cumvariance;
    sum->is_count_only &= edge->is_count_only;
    return 0;
}

static uint32_t row_of(const uint32_t *rows, uint32_t function)
{
    return function == PROFILE_NONE ? HASH_NONE : rows[function];
}

static int add_records(struct table_edges *edges, const struct profile *profile,
                       const struct profile_thread *thread, const uint32_t *rows)
{
    double tick = profile_tick(&profile->processes[thread->process]);
    double *variances = inclusive_variances(profile, thread);
    int result = variances != NULL ? 0 : -1;

    for (uint32_t i = 1; i < thread->record_count && result == 0;
         i++) { /* record 0 is the root, which nobody called */
        const struct profile_record *record = &profile->records[thread->root + i];
        const struct table_edge edge = {.caller = row_of(rows, profile->records[record->parent].function),
                                        .callee = row_of(rows, record->function),
                                        .ncalls = record->calls,
                                        .pcalls = record->calls,
                                        .tottime = (double)profile_self(record) * tick,
                                        .cumtime = (double)profile_inclusive(record) * tick,
                                        .variance = variances[thread->record_count + i] * tick * tick,
                                        .cumvariance = variances[i] * tick * tick};
        if (edge.caller != HASH_NONE && edge.callee != HASH_NONE &&
            (record->calls != 0 || record->self != 0 || record->inclusive != 0))
            result = table_edges_add(edges, &edge);
    }
    free(variances);
    return result;
}

/* Corrects the figures for calls that were made while another call along the edge was active. */
static void correct_nested(struct table_edges *edges, const struct profile *profile,
                           const struct profile_thread *thread, const uint32_t *rows)
{
    double tick = profile_tick(&profile->processes[thread->process]);

    for (uint32_t i = 0; i < thread->edge_count; i++) {
        const struct profile_edge *nested = &profile->edges[thread->first_edge + i];
        const struct table_edge pair = {.caller = row_of(rows, nested->caller),
                                        .callee = row_of(rows, nested->callee)};
        struct table_edge *sum = find(edges, &pair);
        if (sum == NULL || nested->nested_outermost > nested->nested) /* the file may be damaged */
            continue;
        uint64_t inner = nested->nested - nested->nested_outermost;
        sum->pcalls -= inner < sum->pcalls ? inner : sum->pcalls;
        sum->cumtime += (double)ticks_subtract(nested->nested_inclusive, nested->nested_overhead) * tick;
    }
}

int table_edges_add_profile(struct table_edges *edges, const struct profile *profile, const uint32_t *rows)
{
    for (size_t i = 0; i < profile->thread_count; i++) {
        if (add_records(edges, profile, &profile->threads[i], rows) != 0)
            return -1;
        correct_nested(edges, profile, &profile->threads[i], rows);
    }
    return 0;
}

int table_edges_renumber(struct table_edges *edges, const uint32_t *map)
{
    struct table_edges renumbered = {0};

    for (size_t i = 0; i < edges->count; i++) {
        struct table_edge edge = edges->items[i];
        edge.caller = map[edge.caller];
        edge.callee = map[edge.callee];
        if (table_edges_add(&renumbered, &edge) != 0) {
            table_edges_free(&renumbered);
            return -1;
        }
    }
    table_edges_free(edges);
    *edges = renumbered;
    return 0;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct table_edge *a = left, *b = right;

    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

void table_edges_sort(struct table_edges *edges)
{
    if (edges->count > 0)
        qsort(edges->items, edges->count, sizeof *edges->items, compare_pairs);
    hash_free(&edges->index);
}

void table_edges_free(struct table_edges *edges)
{
    free(edges->items);
    hash_free(&edges->index);
    *edges = (struct table_edges){0};
}
