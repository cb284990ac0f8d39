/*
 * threads.c - loads the records and edges of threads. See threads.h.
 */
#include "cli/model/threads.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/memory.h"
#include "cli/model/inclusive.h"

int profile_load_thread(const struct profile *profile, const struct profile_thread *thread)
{
    struct profile_source *source = profile->source;

    if (source == NULL || source->loaded == thread->number)
        return 0;
    source->loaded = PROFILE_NONE;
    if (source->load(source, profile, thread) != 0)
        return -1;
    source->loaded = thread->number;
    return 0;
}

/* Moves the COUNT records to the index ROOT of a larger array. */
static void move_records(struct profile_record *records, uint32_t count, uint32_t root)
{
    for (uint32_t i = 0; i < count; i++) {
        records[i].target += root;
        if (records[i].parent != PROFILE_NONE)
            records[i].parent += root;
    }
}

/* Appends the records and edges of THREAD to those of WHOLE. */
static int append_thread(struct profile *whole, const struct profile *profile, struct profile_thread *thread)
{
    if (profile_load_thread(profile, thread) != 0)
        return -1;
    thread->root = (uint32_t)whole->record_count;
    thread->first_edge = (uint32_t)whole->edge_count;
    memcpy(whole->records + thread->root, profile->records, thread->record_count * sizeof *whole->records);
    move_records(whole->records + thread->root, thread->record_count, thread->root);
    if (thread->edge_count > 0)
        memcpy(whole->edges + thread->first_edge, profile->edges, thread->edge_count * sizeof *whole->edges);
    whole->record_count += thread->record_count;
    whole->edge_count += thread->edge_count;
    return 0;
}

/* Makes room for all records and edges of PROFILE in WHOLE. */
static int make_room(struct profile *whole, const struct profile *profile)
{
    size_t records = 0, edges = 0;

    for (size_t i = 0; i < profile->thread_count; i++) {
        records += profile->threads[i].record_count;
        edges += profile->threads[i].edge_count;
    }
    if (records >= PROFILE_NONE || edges >= PROFILE_NONE)
        return -1;
    whole->records = reallocarray(NULL, records + 1, sizeof *whole->records);
    whole->edges = reallocarray(NULL, edges + 1, sizeof *whole->edges);
    memory_use_large_pages(whole->records, records * sizeof *whole->records);
    return whole->records != NULL && whole->edges != NULL ? 0 : -1;
}

/* Replaces the memory that the threads share by WHOLE. */
static void become_whole(struct profile *profile, const struct profile *whole)
{
    profile->source->close(profile->source);
    profile->source = NULL;
    free(profile->records);
    free(profile->edges);
    profile->records = whole->records;
    profile->record_count = whole->record_count;
    profile->edges = whole->edges;
    profile->edge_count = whole->edge_count;
}

int profile_load_all(struct profile *profile)
{
    struct profile whole = {0};
    int result;

    if (profile->source == NULL)
        return 0;
    result = make_room(&whole, profile);
    for (size_t i = 0; i < profile->thread_count && result == 0; i++)
        result = append_thread(&whole, profile, &profile->threads[i]);
    if (result == 0) {
        become_whole(profile, &whole);
        return 0;
    }
    free(whole.records);
    free(whole.edges);
    return -1;
}

int profile_is_damaged(const struct profile *profile)
{
    return profile->source != NULL && profile->source->is_damaged;
}

struct profile_sums profile_sums(const struct profile *profile, const struct profile_thread *thread)
{
    struct profile_sums sums = {0};
    double all = 0;

    if (profile->source != NULL)
        return thread->sums;
    for (uint32_t i = 1; i < thread->record_count; i++) {
        const struct profile_record *record = &profile->records[thread->root + i];

        sums.calls = sums.calls > UINT64_MAX - record->calls ? UINT64_MAX : sums.calls + record->calls;
        sums.self = ticks_add(sums.self, profile_self(record));
        sums.variance += record->variance;
        all += (double)record->self;
    }
    sums.variance *= inclusive_uncertainty((double)sums.self, all);
    return sums;
}
