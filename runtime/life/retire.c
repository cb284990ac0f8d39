/*
 * retire.c - what becomes of the records of threads that have ended. See retire.h.
 *
 * A program may start any number of threads. The records of the first KEPT stay as they are. A later thread's
 * records are added, one by one, to the collector of its kind: threads with one start function and one name.
 * Its emptied records serve the next thread that starts, contexts and all. So
 *
 *     states <= KEPT + kinds of threads + the most threads that ran at once
 */
#include "runtime/life/retire.h"

#include "runtime/core/process.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/gate.h"
#include "runtime/life/state.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/records/sample.h"
#include "runtime/stack/reset.h"
#include "runtime/stack/turns.h"
#include "runtime/system/system.h"
#include "runtime/timers/now.h"
#include "runtime/timers/sampler.h"
#include "runtime/timers/timer.h"

enum { KEPT = 1000 };

static void move(uint64_t *from, uint64_t *to)
{
    arch_add(to, *from);
    *from = 0;
}

/* Lets INTO, the details of TARGET, tell that not all calls are timed. All that TARGET had so far were, if it
 * did not tell that before. */
static void note_sampled(const struct image_record *target, struct image_details *into)
{
    if (!into->is_sampled)
        into->last = target->calls;
    into->is_sampled = 1;
}

/* Moves the details of RECORD to those of TARGET. Returns -1 without space. */
static int move_details(const struct thread *from, struct image_record *record, struct thread *to,
                        struct image_record *target)
{
    struct image_details *details = image_at(from->base, record->details), *into;

    if (record->details == 0)
        return 0;
    if ((into = context_details(to, target)) == NULL)
        return -1;
    if (details->is_sampled) {
        sample_skip(details, record->calls + 1);
        note_sampled(target, into);
    }
    move(&details->unwound, &into->unwound);
    move(&details->unclocked, &into->unclocked);
    move(&details->waited, &into->waited);
    move(&details->samples, &into->samples);
    move(&details->overhead, &into->overhead);
    move(&details->blocked, &into->blocked);
    move(&details->preempted, &into->preempted);
    move(&details->leaf_calls, &into->leaf_calls);
    move(&details->leaf_ticks, &into->leaf_ticks);
    move(&details->inclusive_sampled, &into->inclusive_sampled);
    *details = (struct image_details){0};
    return 0;
}

static void move_record(const struct thread *from, struct image_record *record, const struct thread *to,
                        struct image_record *target)
{
    struct image_edge *edge = image_at(from->base, record->edge),
                      *target_edge = image_at(to->base, target->edge);
    struct image_function *function = image_at(from->base, record->function);
    struct image_function *target_function = image_at(to->base, target->function);

    if (target->details != 0) /* its own calls since the last reading are counted from there */
        ((struct image_details *)image_at(to->base, target->details))->last += record->calls;
    move(&record->calls, &target->calls);
    move(&record->self, &target->self);
    move(&record->inclusive, &target->inclusive);
    move(&edge->nested, &target_edge->nested);
    move(&edge->nested_outermost, &target_edge->nested_outermost);
    move(&edge->nested_inclusive, &target_edge->nested_inclusive);
    move(&edge->nested_sampled, &target_edge->nested_sampled);
    move(&function->lost, &target_function->lost);
}

/* Returns the record that has taken over the figures of RECORD. */
static uint32_t merged_to(const struct image_record *record)
{
    return (uint32_t)record->next;
}

/* Returns the record in TO for the context of RECORD, at UNIT in FROM; 0 without space. The parent of RECORD
 * has been mapped before. Below a folded record all are folded, in TO as in FROM. */
static uint32_t record_map(const struct thread *from, const struct image_record *record, uint32_t unit,
                           struct thread *to)
{
    const struct image_record *parent = image_at(from->base, record->parent);
    const struct image_record *mapped = image_at(to->base, merged_to(parent));
    const struct image_function *function = image_at(from->base, record->function);
    uint32_t position = (mapped->target & IMAGE_FOLDED) ? mapped->target : merged_to(parent);
    uint32_t target = CONTEXT_SELF;

    if (record->target & IMAGE_FOLDED)
        position = mapped->function | IMAGE_FOLDED;
    else if (record->target != unit)
        target = merged_to(image_at(from->base, record->target));
    return context_record_to(to, position, function->address, target);
}

static void move_thread(struct image_thread *from, struct image_thread *to)
{
    move(&from->unwound, &to->unwound);
    move(&from->unmatched, &to->unmatched);
    move(&from->lost, &to->lost);
    move(&from->sample_time, &to->sample_time);
    move(&from->ran, &to->ran);
    move(&from->waited, &to->waited);
    to->is_sampled |= from->is_sampled;
    to->start = from->start < to->start ? from->start : to->start;
    to->end = from->end > to->end ? from->end : to->end;
    to->backwards += from->backwards;
    from->backwards = 0;
    to->count += from->count;
    from->count = 0;
}

/* Moves all figures of FROM to TO. Returns -1 without space: records that were not moved keep their figures,
 * and FROM its place in the image. */
static int thread_move(struct thread *from, struct thread *to)
{
    uint32_t root = from->shared->root;
    struct image_record *outside = image_at(from->base, root); /* its details are samples */

    outside->next = to->shared->root;
    if (move_details(from, outside, to, image_at(to->base, to->shared->root)) != 0)
        return -1;
    for (uint32_t unit = context_next(from->base, root); unit != 0; unit = context_next(from->base, unit)) {
        struct image_record *record = image_at(from->base, unit);

        uint32_t merged = record_map(from, record, unit, to);

        if (merged == 0 || move_details(from, record, to, image_at(to->base, merged)) != 0)
            return -1;
        move_record(from, record, to, image_at(to->base, merged));
        record->next = merged;
    }
    move_record(from, image_at(from->base, from->shared->spare), to, image_at(to->base, to->shared->spare));
    move_thread(from->shared, to->shared);
    for (uint32_t unit = root; unit != 0; unit = context_next(from->base, unit)) {
        struct image_record *record = image_at(from->base, unit);

        record->next = from->first_reading;
    }
    return 0;
}

static int is_alike(const struct image_thread *one, const struct image_thread *other)
{
    return one->start_function == other->start_function && one->is_strand == other->is_strand &&
           strncmp(one->name, other->name, sizeof one->name) == 0;
}

static void spare_add(struct process *process, struct thread *thread)
{
    thread->shared->count = 0;
    thread->next_spare = process->spare_threads;
    process->spare_threads = thread;
}

void thread_drop(struct process *process, struct thread *thread)
{
    thread_set_reads(thread);
    thread_empty(thread);
    process_lock_retired(process);
    spare_add(process, thread);
    process_unlock_retired(process);
}

static struct thread *collector_find(struct process *process, const struct thread *thread)
{
    struct thread *collector = process->collectors;

    while (collector != NULL && !is_alike(collector->shared, thread->shared))
        collector = collector->next_spare;
    return collector;
}

void thread_collect(struct process *process, struct thread *thread)
{
    struct thread *collector;

    process_lock_retired(process);
    collector = collector_find(process, thread);
    if (collector != NULL)
        turns_catch_up(collector, UINT64_MAX, 0);
    if (collector == NULL || thread_move(thread, collector) != 0) {
        thread->next_spare = process->collectors;
        process->collectors = thread;
    } else {
        spare_add(process, thread);
    }
    process_unlock_retired(process);
}

void thread_retire(struct thread *thread)
{
    struct process *process = process_self();
    int is_kept;

    if (process == NULL)
        return;
    process_lock_retired(process);
    is_kept = process->retired < KEPT;
    process->retired += (uint32_t)is_kept;
    process_unlock_retired(process);
    if (is_kept)
        thread_free(thread);
    else
        thread_collect(process, thread);
}

/* Takes a spare state. Returns NULL if there is none. */
static struct thread *thread_reuse(struct process *process)
{
    struct thread *thread;

    process_lock_retired(process);
    thread = process->spare_threads;
    if (thread != NULL)
        process->spare_threads = thread->next_spare;
    process_unlock_retired(process);
    return thread;
}

struct thread *thread_new(struct thread *native, uint32_t profile)
{
    struct process *process = process_self();
    struct thread *thread = process != NULL ? thread_reuse(process) : NULL;

    if (process == NULL || (thread == NULL && (thread = thread_make(process)) == NULL))
        return NULL;
    thread->native = native != NULL ? native : thread;
    thread->destructor_rounds = 0;
    thread->current = thread;
    thread_set_turn(thread, __atomic_load_n(&gate.turn, __ATOMIC_ACQUIRE));
    thread->paused = thread->suspended = thread->idle = 0;
    thread->unseen = thread->unseen_away = 0;
    thread->walk_debts = 0;
    thread->timer = (struct thread_timer){.time = 1}; /* 0 is never: see suspended */
    thread->wait = (struct thread_wait){0};
    sampler_close(thread);
    thread->shared->tid = system_tid();
    if (native == NULL) {
        timer_open(thread);
        sampler_open(thread);
    } else if (native->may_not_read) {
        timer_hold(thread);
    }
    thread->shared->is_sampled = thread->native->sampler.ring != NULL;
    thread->shared->paused = thread->shared->suspended = thread->shared->end = 0;
    thread->shared->accounted = 0;
    thread->shared->is_strand = native != NULL && profile == 0;
    thread->shared->has_timer = 0;
    thread->shared->profile = profile;
    thread->shared->start_function = 0;
    thread->shared->timer_end = 0;
    thread->shared->start = timer_clock();
    thread->shared->count = 1;
    thread_read_name(thread);
    process_anchor(process);
    return thread;
}
