/*
 * edges.c - who called whom. See edges.h.
 */
#include "cli/table/edges.h"

#include <stdlib.h>

#include "cli/base/array.h"
#include "cli/base/count.h"
#include "cli/model/nested.h"

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

static void add_figures(struct table_edge *sum, const struct table_edge *edge)
{
    count_add(&sum->ncalls, edge->ncalls);
    count_add(&sum->pcalls, edge->pcalls);
    sum->tottime += edge->tottime;
    sum->cumtime += edge->cumtime;
    sum->variance += edge->variance;
    sum->cumvariance += edge->cumvariance;
    sum->is_count_only &= edge->is_count_only;
}

int table_edges_add(struct table_edges *edges, const struct table_edge *edge)
{
    struct table_edge *sum = find(edges, edge);

    if (sum == NULL) {
        if (edges->count >= HASH_NONE ||
            hash_insert(&edges->index, pair_hash(edge), (uint32_t)edges->count) != 0 ||
            (sum = ARRAY_APPEND(edges->items, edges->count)) == NULL)
            return -1;
        sum->caller = edge->caller;
        sum->callee = edge->callee;
        sum->is_count_only = 1;
    }
    add_figures(sum, edge);
    return 0;
}

static uint32_t row_of(const uint32_t *rows, uint32_t function)
{
    return function == PROFILE_NONE ? HASH_NONE : rows[function];
}

/* Fills KINDS with a number for each pair of caller and callee, as rows will be in the end, and returns how
 * many there are. Records of one pair have one number. Returns HASH_NONE without memory. */
static uint32_t find_kinds(const struct table_edges_source *source, uint32_t *kinds)
{
    const struct profile_record *records = source->profile->records;
    struct table_edges pairs = {0};
    int failed = 0;

    kinds[0] = PROFILE_NONE;
    for (uint32_t i = 1; i < source->thread->record_count && !failed; i++) {
        const struct profile_record *record = &records[source->thread->root + i];
        const struct table_edge pair = {.caller = row_of(source->units, records[record->parent].function),
                                        .callee = source->units[record->function]};
        const struct table_edge *found = find(&pairs, &pair);

        if (found == NULL) {
            failed = table_edges_add(&pairs, &pair) != 0;
            kinds[i] = (uint32_t)pairs.count - 1;
        } else {
            kinds[i] = (uint32_t)(found - pairs.items);
        }
    }
    uint32_t count = failed ? HASH_NONE : (uint32_t)pairs.count;
    table_edges_free(&pairs);
    return count;
}

/* Fills ABOVE, for each record, with the record of the same edge that it is below. The cumulative time of
 * that includes its own. Returns 0, or -1 without memory. */
static int find_nested(const struct table_edges_source *source, uint32_t *above)
{
    const struct profile_thread *thread = source->thread;
    uint32_t *kinds = reallocarray(NULL, thread->record_count, sizeof *kinds);
    uint32_t count = kinds == NULL ? HASH_NONE : find_kinds(source, kinds);
    int result = -1;

    if (count != HASH_NONE)
        result = nested_find(source->profile->records + thread->root, thread, kinds, count, above);
    free(kinds);
    return result;
}

/* Adds record I of the thread, which is not the root: nobody called that. */
static int add_record(struct table_edges *edges, const struct table_edges_source *source, uint32_t i,
                      int is_nested)
{
    const struct profile *profile = source->profile;
    const struct profile_thread *thread = source->thread;
    const struct profile_record *record = &profile->records[thread->root + i];
    double tick = profile_tick(&profile->processes[thread->process]);
    struct table_edge edge = {.caller = row_of(source->rows, profile->records[record->parent].function),
                              .callee = row_of(source->rows, record->function),
                              .ncalls = record->calls,
                              .tottime = (double)profile_self(record) * tick,
                              .variance = source->variances[thread->record_count + i] * tick * tick};

    if (edge.caller == HASH_NONE || edge.callee == HASH_NONE ||
        (record->calls == 0 && record->self == 0 && record->inclusive == 0))
        return 0;
    if (!is_nested || record->target != thread->root + i) /* which is counted as nested by itself */
        edge.pcalls = record->calls;
    if (!is_nested) {
        edge.cumtime = (double)profile_inclusive(record) * tick;
        edge.cumvariance = source->variances[i] * tick * tick;
    }
    return table_edges_add(edges, &edge);
}

static int add_records(struct table_edges *edges, const struct table_edges_source *source)
{
    uint32_t *above = NULL;
    int result = 0;

    if (source->units != NULL) {
        above = reallocarray(NULL, source->thread->record_count, sizeof *above);
        result = above == NULL ? -1 : find_nested(source, above);
    }
    for (uint32_t i = 1; i < source->thread->record_count && result == 0; i++)
        result = add_record(edges, source, i, above != NULL && above[i] != PROFILE_NONE);
    free(above);
    return result;
}

/* Corrects the figures for calls that were made while another call along the edge was active. */
static void correct_nested(struct table_edges *edges, const struct table_edges_source *source)
{
    const struct profile_thread *thread = source->thread;
    double tick = profile_tick(&source->profile->processes[thread->process]);

    for (uint32_t i = 0; i < thread->edge_count; i++) {
        const struct profile_edge *nested = &source->profile->edges[thread->first_edge + i];
        const struct table_edge pair = {.caller = row_of(source->rows, nested->caller),
                                        .callee = row_of(source->rows, nested->callee)};
        struct table_edge *sum = find(edges, &pair);
        if (sum == NULL || nested->nested_outermost > nested->nested) /* the file may be damaged */
            continue;
        uint64_t inner = nested->nested - nested->nested_outermost;
        sum->pcalls -= inner < sum->pcalls ? inner : sum->pcalls;
        sum->cumtime += (double)ticks_subtract(nested->nested_inclusive, nested->nested_overhead) * tick;
    }
}

int table_edges_add_thread(struct table_edges *edges, const struct table_edges_source *source)
{
    if (add_records(edges, source) != 0)
        return -1;
    correct_nested(edges, source);
    return 0;
}

/* Works in place: there may be a million edges. */
int table_edges_renumber(struct table_edges *edges, const uint32_t *map)
{
    size_t count = edges->count;

    hash_free(&edges->index);
    edges->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct table_edge edge = edges->items[i], *sum;
        edge.caller = map[edge.caller];
        edge.callee = map[edge.callee];
        sum = find(edges, &edge);
        if (sum != NULL) {
            add_figures(sum, &edge);
            continue;
        }
        if (hash_insert(&edges->index, pair_hash(&edge), (uint32_t)edges->count) != 0)
            return -1;
        edges->items[edges->count++] = edge;
    }
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
    hash_free(&edges->index); /* first, for qsort() needs as much memory as the edges have */
    if (edges->count > 0)
        qsort(edges->items, edges->count, sizeof *edges->items, compare_pairs);
}

void table_edges_free(struct table_edges *edges)
{
    free(edges->items);
    hash_free(&edges->index);
    *edges = (struct table_edges){0};
}
