/*
 * image_records.c - the calling contexts of a thread's image. See image_records.h.
 */
#include "cli/files/image_records.h"

#include <stdlib.h>

#include "cli/base/array.h"
#include "cli/files/image_functions.h"
#include "runtime/format/image.h"

/* Returns NANOSECONDS in ticks of the process's timer; 0 if that measures no time. */
static int64_t ticks_of(const struct image_reader *reader, int64_t nanoseconds)
{
    const struct profile *profile = reader->loader->profile;
    const struct profile_process *process = &profile->processes[profile->process_count - 1];
    double tick = profile_counts(process) ? 0 : profile_tick(process);

    return tick > 0 ? ticks_round((double)nanoseconds / tick) : 0;
}

static int load_edge(struct image_reader *reader, const struct profile_record *record, uint32_t unit)
{
    struct profile *profile = reader->loader->profile;
    const struct image_edge *edge = reader_at(reader, unit, sizeof *edge);
    struct profile_edge *added;

    if (edge == NULL || reader_index(reader, unit, UNIT_EDGE) != PROFILE_NONE)
        return 0;
    if (reader_claim(reader, unit, UNIT_EDGE, (uint32_t)profile->edge_count) != 0)
        return reader_damaged(reader, "a record's edge has the wrong kind");
    added = ARRAY_APPEND(profile->edges, profile->edge_count);
    if (added == NULL)
        return reader_no_memory(reader);
    added->caller = profile->records[record->parent].function;
    added->callee = record->function;
    if (reader->missed.is_reset)
        return 0;
    added->nested = edge->nested;
    added->nested_outermost = edge->nested_outermost;
    added->nested_inclusive =
        ticks_add((int64_t)edge->nested_inclusive, ticks_of(reader, (int64_t)edge->nested_sampled));
    return 0;
}

static int load_details(struct image_reader *reader, struct profile_record *added,
                        const struct image_record *record)
{
    const struct image_details *details = reader_at(reader, record->details, sizeof *details);
    uint64_t unclocked;

    if (details == NULL)
        return 0;
    if (reader_claim(reader, record->details, UNIT_DONE, 0) != 0 ||
        reader_claim(reader, record->details + 1, UNIT_DONE, 0) != 0)
        return reader_damaged(reader, "a record's details have the wrong kind");
    added->unwound = details->unwound;
    added->waited = details->waited;
    added->samples = details->samples;
    added->hook_samples = details->overhead;
    added->blocked = details->blocked;
    added->preempted = details->preempted;
    added->inclusive = ticks_add(added->inclusive, ticks_of(reader, (int64_t)details->inclusive_sampled));
    if (!details->is_sampled)
        return 0;
    added->leaf_calls = details->leaf_calls;
    added->leaf_ticks = details->leaf_ticks;
    unclocked = details->unclocked;
    if (details->last < record->calls)
        unclocked += record->calls - details->last;
    added->clocked -= unclocked < added->clocked ? unclocked : added->clocked;
    return 0;
}

static int load_figures(struct image_reader *reader, struct profile_record *added,
                        const struct image_record *record)
{
    added->calls = record->calls;
    added->self = (int64_t)record->self;
    added->inclusive = (int64_t)record->inclusive;
    added->clocked = reader->header->reads == IMAGE_READS_NONE ? 0 : record->calls;
    if (record->target & IMAGE_FOLDED)
        reader->thread->folded += record->calls;
    return load_details(reader, added, record);
}

/* Adds the record at UNIT, whose parent is record PARENT of the profile. */
static int load_record(struct image_reader *reader, uint32_t unit, uint32_t parent)
{
    struct profile *profile = reader->loader->profile;
    const struct image_record *record = reader_at(reader, unit, sizeof *record);
    uint32_t index = (uint32_t)profile->record_count;
    uint32_t function = PROFILE_NONE;
    struct profile_record *added;

    if (parent != PROFILE_NONE && image_functions_load(reader, record->function, &function) != 0)
        return -1;
    int is_whole = parent == PROFILE_NONE || function != PROFILE_NONE;
    if (reader_claim(reader, unit, is_whole ? UNIT_RECORD : UNIT_DONE, index) != 0)
        return reader_damaged(reader, "its records are not a tree");
    if (!is_whole)
        return 0;
    added = ARRAY_APPEND(profile->records, profile->record_count);
    if (added == NULL)
        return reader_no_memory(reader);
    added->function = function;
    added->parent = parent;
    added->target =
        (record->target & IMAGE_FOLDED) ? index : reader_index(reader, record->target, UNIT_RECORD);
    if (added->target == PROFILE_NONE || added->target < reader->thread->root ||
        profile->records[added->target].function != function)
        return reader_damaged(reader, "a recursive call leads nowhere");
    if (!reader->missed.is_reset && load_figures(reader, added, record) != 0)
        return -1;
    return parent == PROFILE_NONE ? 0 : load_edge(reader, added, record->edge);
}

struct pending {
    uint32_t unit, parent;
};

static int pending_push(struct image_reader *reader, struct pending **stack, size_t *count,
                        struct pending next)
{
    struct pending *slot;

    if (reader_at(reader, next.unit, sizeof(struct image_record)) == NULL)
        return 0;
    slot = ARRAY_APPEND(*stack, *count);
    if (slot == NULL)
        return reader_no_memory(reader);
    *slot = next;
    return 0;
}

/* Loads the record on top of the stack, and puts its sibling and its first child there. */
static int load_next(struct image_reader *reader, struct pending **stack, size_t *count)
{
    struct pending next = (*stack)[--*count];
    const struct image_record *record = reader_at(reader, next.unit, sizeof *record);
    uint32_t index;

    if (next.parent != PROFILE_NONE &&
        pending_push(reader, stack, count, (struct pending){record->next_sibling, next.parent}) != 0)
        return -1;
    if (load_record(reader, next.unit, next.parent) != 0)
        return -1;
    index = reader_index(reader, next.unit, UNIT_RECORD);
    if (index == PROFILE_NONE)
        return 0;
    return pending_push(reader, stack, count, (struct pending){record->first_child, index});
}

int image_records_load(struct image_reader *reader, uint32_t root)
{
    struct pending *stack = NULL;
    size_t count = 0;
    int result = pending_push(reader, &stack, &count, (struct pending){root, PROFILE_NONE});

    while (result == 0 && count > 0)
        result = load_next(reader, &stack, &count);
    free(stack);
    return result;
}

int image_records_load_lost(struct image_reader *reader)
{
    struct profile *profile = reader->loader->profile;
    uint32_t root = reader->thread->root;

    if (!reader->thread_lost_functions)
        return 0;
    for (uint32_t unit = 1; unit < reader->unit_count; unit++) {
        const struct image_function *function = reader_at(reader, unit, sizeof *function);
        uint32_t index = reader_index(reader, unit, UNIT_FUNCTION);
        struct profile_record *added;

        if (index == PROFILE_NONE || function->lost == 0)
            continue;
        reader->units[unit].kind = UNIT_DONE;
        added = ARRAY_APPEND(profile->records, profile->record_count);
        if (added == NULL)
            return reader_no_memory(reader);
        added->function = index;
        added->parent = root;
        added->target = (uint32_t)(added - profile->records);
        added->calls = function->lost;
    }
    return 0;
}

/* The counters of processors may disagree, and those of a machine that was suspended may begin anew. No time
 * is negative otherwise, but for times with callees that samples have lessened by about as much as there was.
 */
void image_records_forget_steps_back(struct profile *profile, struct profile_thread *thread)
{
    int has_samples = profile->processes[thread->process].period > 0;

    for (size_t i = thread->root; i < profile->record_count; i++) {
        struct profile_record *record = &profile->records[i];

        if (record->inclusive >= 0 && record->self >= 0)
            continue;
        thread->backwards += record->self < 0 || !has_samples;
        record->self = record->self > 0 ? record->self : 0;
        record->inclusive = record->self;
    }
    for (size_t i = thread->first_edge; i < profile->edge_count; i++)
        if (profile->edges[i].nested_inclusive < 0)
            profile->edges[i].nested_inclusive = 0;
    if (thread->end < thread->start)
        thread->end = thread->start;
}
