/*
 * merge.c - adds up profiles into one profile. See merge.h.
 */
#include "cli/model/merge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/count.h"
#include "cli/model/inclusive.h"
#include "cli/model/threads.h"

/* One profile that is being added. */
struct addition {
    struct merge *merge;
    const struct profile *from;
    double scale;        /* from the ticks of the current thread's process to the sum's */
    uint32_t *functions; /* by function of FROM: its index in the sum, or PROFILE_NONE */
    uint32_t *records;   /* by record of FROM: its index in the sum, or PROFILE_NONE */
};

/* Two contexts are one if their keys are equal. TARGET is PROFILE_NONE in a context that is its own target.
 */
struct record_key {
    uint32_t parent, function, target;
};

struct edge_key {
    uint32_t caller, callee;
};

static double scale_of(double tick)
{
    double scale = tick * MERGE_TICKS_PER_NS;

    return isfinite(scale) && scale > 0 ? scale : 0;
}

/* Sums stop at the greatest number. */
static void add(uint64_t *sum, uint64_t value)
{
    *sum = *sum > UINT64_MAX - value ? UINT64_MAX : *sum + value;
}

static void add_ticks(uint64_t *sum, uint64_t ticks, double scale)
{
    double scaled = (double)ticks * scale + 0.5;

    add(sum, scaled < 0x1p64 ? (uint64_t)scaled : UINT64_MAX);
}

static void add_signed(int64_t *sum, int64_t ticks, double scale)
{
    if (ticks != 0) /* as overheads often are */
        *sum = ticks_add(*sum, ticks_round((double)ticks * scale));
}

static void add_wall(uint64_t *sum, uint64_t start, uint64_t end, double scale)
{
    add_ticks(sum, profile_elapsed(start, end), scale);
}

/* Returns the index in the sum of FROM's function, or PROFILE_NONE without memory. */
static uint32_t find_function(struct addition *addition, uint32_t function)
{
    uint32_t *index = &addition->functions[function];

    if (*index == PROFILE_NONE)
        *index = merge_functions_find(&addition->merge->functions, addition->from, function);
    return *index;
}

static struct record_key key_of(const struct profile *profile, uint32_t index)
{
    const struct profile_record *record = &profile->records[index];

    return (struct record_key){.parent = record->parent,
                               .function = record->function,
                               .target = record->target == index ? PROFILE_NONE : record->target};
}

static int same_record(const void *owner, uint32_t value, const void *key)
{
    struct record_key a = key_of(owner, value);

    return memcmp(&a, key, sizeof a) == 0;
}

static uint32_t append_record(struct profile *sum, const struct record_key *key)
{
    uint32_t index = (uint32_t)sum->record_count;
    struct profile_record *added;

    if (sum->record_count >= PROFILE_NONE || (added = ARRAY_APPEND(sum->records, sum->record_count)) == NULL)
        return PROFILE_NONE;
    added->parent = key->parent;
    added->function = key->function;
    added->target = key->target == PROFILE_NONE ? index : key->target;
    sum->threads[0].record_count++;
    return index;
}

/* Finds or adds the context KEY. Returns its index, or PROFILE_NONE without memory.
 *
 * A context below one that is new with this thread is new too. So it is not looked for, and goes to the index
 * only when another thread comes. For one thread with a million contexts, that saves a third of the time of
 * `stats --tree`. */
static uint32_t find_record(struct merge *merge, const struct record_key *key)
{
    struct profile *sum = &merge->profile;
    uint64_t hash;
    uint32_t index;

    if (key->parent >= merge->first_new)
        return append_record(sum, key);
    hash = hash_bytes(key, sizeof *key, 0);
    index = hash_find(&merge->records, hash, (struct hash_lookup){same_record, sum}, key);
    if (index != HASH_NONE)
        return index;
    index = append_record(sum, key);
    return index != PROFILE_NONE && hash_insert(&merge->records, hash, index) == 0 ? index : PROFILE_NONE;
}

/* Adds the records to the index that find_record() left out. */
static int index_new(struct merge *merge)
{
    const struct profile *sum = &merge->profile;

    for (uint32_t i = merge->first_new; i < sum->record_count; i++) {
        struct record_key key = key_of(sum, i);
        if (i > 0 && key.parent >= merge->first_new &&
            hash_insert(&merge->records, hash_bytes(&key, sizeof key, 0), i) != 0)
            return -1;
    }
    merge->first_new = (uint32_t)sum->record_count;
    return 0;
}

/* Adds record INDEX of FROM. Its parent and target have been added. */
static int add_record(struct addition *addition, uint32_t index)
{
    const struct profile_record *record = &addition->from->records[index];
    struct record_key key = {.parent = addition->records[record->parent], .target = PROFILE_NONE};
    struct profile_record *into;

    key.function = find_function(addition, record->function);
    if (key.function == PROFILE_NONE)
        return -1;
    if (record->target != index)
        key.target = addition->records[record->target];
    addition->records[index] = find_record(addition->merge, &key);
    if (addition->records[index] == PROFILE_NONE)
        return -1;
    into = &addition->merge->profile.records[addition->records[index]];
    count_add(&into->calls, record->calls);
    count_add(&into->unwound, record->unwound);
    add(&into->waited, record->waited);
    add(&into->samples, record->samples);
    add(&into->hook_samples, record->hook_samples);
    add(&into->blocked, record->blocked);
    add(&into->preempted, record->preempted);
    count_add(&into->clocked, record->clocked);
    add_signed(&into->self, record->self, addition->scale);
    add_signed(&into->inclusive, record->inclusive, addition->scale);
    add_signed(&into->overhead, record->overhead, addition->scale);
    add_signed(&into->inclusive_overhead, record->inclusive_overhead, addition->scale);
    into->variance += record->variance * addition->scale * addition->scale;
    return 0;
}

static int same_edge(const void *owner, uint32_t value, const void *key)
{
    const struct profile_edge *edge = &((const struct profile *)owner)->edges[value];
    const struct edge_key *b = key;

    return edge->caller == b->caller && edge->callee == b->callee;
}

static struct profile_edge *find_edge(struct merge *merge, const struct edge_key *key)
{
    struct profile *sum = &merge->profile;
    uint64_t hash = hash_bytes(key, sizeof *key, 0);
    uint32_t index = hash_find(&merge->edges, hash, (struct hash_lookup){same_edge, sum}, key);
    struct profile_edge *added;

    if (index != HASH_NONE)
        return &sum->edges[index];
    if (hash_insert(&merge->edges, hash, (uint32_t)sum->edge_count) != 0 ||
        (added = ARRAY_APPEND(sum->edges, sum->edge_count)) == NULL)
        return NULL;
    added->caller = key->caller;
    added->callee = key->callee;
    sum->threads[0].edge_count++;
    return added;
}

static int add_edge(struct addition *addition, const struct profile_edge *edge)
{
    struct edge_key key = {.caller = PROFILE_NONE, .callee = find_function(addition, edge->callee)};
    struct profile_edge *into;

    if (key.callee == PROFILE_NONE)
        return -1;
    if (edge->caller != PROFILE_NONE && (key.caller = find_function(addition, edge->caller)) == PROFILE_NONE)
        return -1;
    into = find_edge(addition->merge, &key);
    if (into == NULL)
        return -1;
    count_add(&into->nested, edge->nested);
    count_add(&into->nested_outermost, edge->nested_outermost);
    add_signed(&into->nested_inclusive, edge->nested_inclusive, addition->scale);
    add_signed(&into->nested_overhead, edge->nested_overhead, addition->scale);
    return 0;
}

/* Returns SO_FAR, the text of the sum, if TEXT is equal to it; TEXT if it is the first; else "". Returns NULL
 * without memory. */
static const char *common(struct profile *sum, const char *so_far, const char *text, int is_first)
{
    if (is_first)
        return profile_string(sum, text, strlen(text));
    return strcmp(so_far, text) == 0 ? so_far : "";
}

/* Adds the figures of THREAD that are not in its tree. */
static int add_about_thread(struct addition *addition, const struct profile_thread *thread, int is_first)
{
    struct profile *sum = &addition->merge->profile;
    struct profile_thread *into = &sum->threads[0];

    into->name = common(sum, into->name, thread->name, is_first);
    if (into->name == NULL)
        return -1;
    if (!thread->is_strand || into->count == 0)
        add(&into->count, thread->count);
    into->tid = is_first || into->tid == thread->tid ? thread->tid : 0;
    if (!thread->is_strand)
        add_wall(&into->end, thread->start, thread->end,
                 scale_of(addition->from->processes[thread->process].tick_ns));
    add(&into->unwound, thread->unwound);
    add(&into->unmatched, thread->unmatched);
    add(&into->open, thread->open);
    add(&into->lost, thread->lost);
    add(&into->folded, thread->folded);
    add(&into->backwards, thread->backwards);
    return 0;
}

static int add_thread(struct addition *addition, const struct profile_thread *thread, int is_first)
{
    const struct profile *from = addition->from;

    addition->scale = scale_of(profile_tick(&from->processes[thread->process]));
    if (profile_load_thread(from, thread) != 0 || index_new(addition->merge) != 0 ||
        add_about_thread(addition, thread, is_first) != 0)
        return -1;
    addition->records[thread->root] = 0;
    for (uint32_t i = 1; i < thread->record_count; i++)
        if (add_record(addition, thread->root + i) != 0)
            return -1;
    for (uint32_t i = 0; i < thread->edge_count; i++)
        if (add_edge(addition, &from->edges[thread->first_edge + i]) != 0)
            return -1;
    return 0;
}

/* Adds the first process of a profile, which is the program itself. */
static int add_about_process(struct merge *merge, const struct profile_process *process, int is_first)
{
    struct profile_process *into = &merge->profile.processes[0];

    into->command = common(&merge->profile, into->command, process->command, is_first);
    if (into->command == NULL)
        return -1;
    if (is_first || process->start_time < into->start_time)
        into->start_time = process->start_time;
    if (is_first) {
        into->pid = process->pid;
        into->exit = process->exit;
        into->exit_value = process->exit_value;
        into->reads = process->reads;
    } else if (into->exit != process->exit || into->exit_value != process->exit_value) {
        into->exit = PROFILE_EXIT_UNKNOWN;
        into->exit_value = 0;
    }
    into->is_paused |= process->is_paused;
    into->is_reset |= process->is_reset;
    if (into->reads != process->reads)
        into->reads = PROFILE_READS_UNKNOWN;
    if (into->pid != process->pid)
        into->pid = 0;
    return 0;
}

/* Adds how long the run of FROM took. Returns 0, or -1 without memory. */
static int add_run(struct merge *merge, const struct profile *from)
{
    struct profile_process *into = &merge->profile.processes[0];

    if (runs_add(&merge->runs, from) != 0)
        return -1;
    into->runs = merge->runs.count;
    into->count = merge->runs.processes;
    into->cpu = merge->runs.lacks_cpu ? 0 : merge->runs.cpu;
    into->end = 0;
    add_ticks(&into->end, 1, scale_of(merge->runs.wall));
    return 0;
}

/* Makes the process, the thread and the root of the sum. */
static int begin(struct merge *merge)
{
    struct profile *sum = &merge->profile;
    struct profile_process *process = ARRAY_APPEND(sum->processes, sum->process_count);
    struct profile_thread *thread = ARRAY_APPEND(sum->threads, sum->thread_count);
    struct profile_record *root = ARRAY_APPEND(sum->records, sum->record_count);

    if (process == NULL || thread == NULL || root == NULL)
        return -1;
    *process = (struct profile_process){.command = "", .tick_ns = 1.0 / MERGE_TICKS_PER_NS};
    *thread = (struct profile_thread){.name = "", .record_count = 1};
    *root = (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE};
    return 0;
}

static int add_throttled(struct addition *addition)
{
    struct profile *sum = &addition->merge->profile;

    for (size_t i = 0; i < addition->from->throttled_count; i++) {
        struct profile_throttled *added = ARRAY_APPEND(sum->throttled, sum->throttled_count);

        if (added == NULL)
            return -1;
        *added = addition->from->throttled[i];
        added->process = 0;
        added->function = find_function(addition, added->function);
        if (added->function == PROFILE_NONE)
            return -1;
    }
    return 0;
}

static int add_filters(struct profile *sum, const char *filters, int is_first)
{
    const char *both = profile_add_filters(sum->filters, filters, is_first);

    sum->filters = both == NULL ? NULL : profile_string(sum, both, strlen(both));
    return both == NULL || sum->filters != NULL ? 0 : -1;
}

static int add_profile(struct addition *addition, int is_first)
{
    const struct profile *from = addition->from;

    if (from->process_count > 0 && add_about_process(addition->merge, &from->processes[0], is_first) != 0)
        return -1;
    if (add_run(addition->merge, from) != 0)
        return -1;
    for (size_t i = 0; i < from->process_count; i++) {
        struct profile_process *sum = &addition->merge->profile.processes[0];

        sum->waits |= from->processes[i].waits;
        count_add(&sum->unsampled, from->processes[i].unsampled);
        if (from->processes[i].sampler > sum->sampler)
            sum->sampler = from->processes[i].sampler;
        if (from->processes[i].period > sum->period)
            sum->period = from->processes[i].period;
        count_add(&sum->children_lost, from->processes[i].children_lost);
        if (from->processes[i].asleep > sum->asleep)
            sum->asleep = from->processes[i].asleep;
        if (fabs(from->processes[i].astray) > fabs(sum->astray))
            sum->astray = from->processes[i].astray;
    }
    for (size_t i = 0; i < from->thread_count; i++)
        if (add_thread(addition, &from->threads[i], is_first && i == 0) != 0)
            return -1;
    if (add_throttled(addition) != 0)
        return -1;
    /* Self times were rounded, so inclusive times are no longer sums of them. */
    if (inclusive_sum(&addition->merge->profile, &addition->merge->profile.threads[0]) != 0)
        return -1;
    return add_filters(&addition->merge->profile, from->filters, is_first);
}

/* Refuses FROM if it measures something else than the sum, which takes the measure of its first part. */
static int check_measures(struct merge *merge, const struct profile *from, struct message *message)
{
    struct profile *sum = &merge->profile;

    for (size_t i = 0; i < from->process_count; i++) {
        const struct profile_process *process = &from->processes[i];
        if (merge->measure == NULL) {
            sum->processes[0].timer = process->timer;
            sum->processes[0].unit =
                process->unit == NULL ? NULL : profile_string(sum, process->unit, strlen(process->unit));
            merge->measure = profile_measure(&sum->processes[0]);
        }
        if (strcmp(merge->measure, profile_measure(process)) != 0)
            return message_set(message, "cannot combine profiles of %s with profiles of %s", merge->measure,
                               profile_measure(process));
    }
    return 0;
}

static int add_checked(struct addition *addition, int is_first, struct message *message)
{
    const struct profile *from = addition->from;

    if (check_measures(addition->merge, from, message) != 0)
        return -1;
    memset(addition->functions, 0xff, from->function_count * sizeof(uint32_t)); /* PROFILE_NONE */
    return add_profile(addition, is_first) == 0 ? 0 : message_no_memory(message);
}

int profile_merge(struct merge *merge, const struct profile *from, struct message *message)
{
    int is_first = merge->profile.process_count == 0;
    struct addition addition = {.merge = merge,
                                .from = from,
                                .functions = reallocarray(NULL, from->function_count + 1, sizeof(uint32_t)),
                                .records = reallocarray(NULL, from->record_count + 1, sizeof(uint32_t))};
    int result;

    merge->functions.into = &merge->profile;
    merge_functions_begin(&merge->functions);
    if (addition.functions == NULL || addition.records == NULL || (is_first && begin(merge) != 0))
        result = message_no_memory(message);
    else
        result = add_checked(&addition, is_first, message);
    free(addition.functions);
    free(addition.records);
    return result;
}

void merge_free(struct merge *merge)
{
    model_free(&merge->profile);
    merge_functions_free(&merge->functions);
    hash_free(&merge->records);
    hash_free(&merge->edges);
}
