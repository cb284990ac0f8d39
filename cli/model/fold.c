/*
 * fold.c - leaves contexts that took little time out. See fold.h.
 *
 * Parents stand before their children. So a loop from the end sums up the weights, and a loop from the front
 * chooses the records to fold. The records that stay keep their order.
 */
#include "cli/model/fold.h"

#include <stdlib.h>

/* A record together with all records below it. */
struct weight {
    double ticks;     /* without the cost of the hooks */
    uint32_t highest; /* the least of their targets; one above the record is called back to */
    uint32_t into;    /* the record's place afterwards, or that of the record it is folded into */
    int is_folded;
};

static void weigh(const struct profile *profile, const struct profile_thread *thread, struct weight *weights)
{
    for (uint32_t i = thread->root; i < thread->root + thread->record_count; i++) {
        weights[i].ticks = (double)profile_self(&profile->records[i]);
        weights[i].highest = profile->records[i].target;
    }
    for (uint32_t i = thread->root + thread->record_count; --i > thread->root;) {
        struct weight *parent = &weights[profile->records[i].parent];

        parent->ticks += weights[i].ticks;
        if (weights[i].highest < parent->highest)
            parent->highest = weights[i].highest;
    }
}

static void choose(const struct profile *profile, const struct profile_thread *thread, double least,
                   struct weight *weights)
{
    for (uint32_t i = thread->root + 1; i < thread->root + thread->record_count; i++) {
        uint32_t parent = profile->records[i].parent;

        weights[i].is_folded =
            weights[parent].is_folded ||
            (parent != thread->root && weights[i].ticks < least && weights[i].highest >= i);
    }
}

static int compare_edges(const void *left, const void *right)
{
    const struct profile_edge *a = left, *b = right;

    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

/* Takes the calls of RECORD, which is folded, out of the nested calls of its edge. The image tells how many
 * of all nested calls were the edge's outermost, but not which: that is cut to what is left. The thread's
 * edges are sorted. */
static void unnest(struct profile *profile, const struct profile_thread *thread,
                   const struct profile_record *record)
{
    const struct profile_edge wanted = {.caller = profile->records[record->parent].function,
                                        .callee = record->function};
    struct profile_edge *edge = thread->edge_count == 0
                                    ? NULL
                                    : bsearch(&wanted, profile->edges + thread->first_edge,
                                              thread->edge_count, sizeof *edge, compare_edges);

    if (edge == NULL)
        return;
    edge->nested -= record->calls < edge->nested ? record->calls : edge->nested;
    if (edge->nested_outermost > edge->nested)
        edge->nested_outermost = edge->nested;
    if (edge->nested == 0)
        edge->nested_inclusive = edge->nested_overhead = 0;
}

static void add(struct profile_record *into, const struct profile_record *record)
{
    into->self = ticks_add(into->self, record->self);
    into->overhead = ticks_add(into->overhead, record->overhead);
    into->variance += record->variance;
}

/* Moves the thread's records to their new places, from FIRST on. Returns the place behind the last. */
static uint32_t move(struct profile *profile, struct profile_thread *thread, struct weight *weights,
                     uint32_t first)
{
    struct profile_record *records = profile->records;
    uint32_t place = first, end = thread->root + thread->record_count;

    if (thread->edge_count > 0)
        qsort(profile->edges + thread->first_edge, thread->edge_count, sizeof *profile->edges, compare_edges);
    for (uint32_t i = thread->root; i < end; i++)
        if (weights[i].is_folded && records[i].target != i)
            unnest(profile, thread, &records[i]);
    for (uint32_t i = thread->root; i < end; i++) {
        struct profile_record record = records[i];

        if (weights[i].is_folded) {
            weights[i].into = weights[record.parent].into;
            add(&records[weights[i].into], &record);
            continue;
        }
        weights[i].into = place;
        if (record.parent != PROFILE_NONE)
            record.parent = weights[record.parent].into;
        record.target = weights[record.target].is_folded ? place : weights[record.target].into;
        records[place++] = record;
    }
    thread->root = first;
    thread->record_count = place - first;
    return place;
}

int profile_fold(struct profile *profile, double ns, struct message *message)
{
    struct weight *weights = calloc(profile->record_count + 1, sizeof *weights);
    uint32_t place = 0;

    if (weights == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < profile->thread_count; i++) {
        struct profile_thread *thread = &profile->threads[i];
        double tick = profile_tick(&profile->processes[thread->process]);

        weigh(profile, thread, weights);
        if (tick > 0)
            choose(profile, thread, ns / tick, weights);
        place = move(profile, thread, weights, place);
    }
    profile->record_count = place;
    free(weights);
    return 0;
}
