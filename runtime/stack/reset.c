/*
 * reset.c - sets a thread's figures to zero. See reset.h.
 *
 * The records stay: open frames refer to them, and the same calls are likely to come again.
 */
#include "runtime/stack/reset.h"

#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/stack/frames.h"
#include "runtime/timers/sampler.h"

static void details_empty(const struct thread *thread, const struct image_record *record)
{
    if (record->details != 0)
        *(struct image_details *)image_at(thread->base, record->details) = (struct image_details){0};
}

static void record_empty(struct thread *thread, struct image_record *record)
{
    struct image_function *function = image_at(thread->base, record->function);
    struct image_edge *edge = image_at(thread->base, record->edge);

    record->calls = record->self = record->inclusive = 0;
    record->next = thread->first_reading;
    details_empty(thread, record);
    edge->nested = edge->nested_outermost = edge->nested_inclusive = edge->nested_sampled = 0;
    edge->outermost = 0;
    function->lost = 0;
    function->outermost = 0;
}

void thread_empty(struct thread *thread)
{
    struct image_thread *shared = thread->shared;

    for (uint32_t unit = context_next(thread->base, shared->root); unit != 0;
         unit = context_next(thread->base, unit))
        record_empty(thread, image_at(thread->base, unit));
    record_empty(thread, image_at(thread->base, shared->spare));
    details_empty(thread, image_at(thread->base, shared->root)); /* samples outside of all functions */
    shared->unwound = shared->unmatched = shared->lost = 0;
    shared->accounted = 0;
    shared->backwards = 0;
    shared->sample_time = 0;
    shared->ran = shared->waited = 0;
}

void thread_reset(struct thread *thread, uint64_t now)
{
    thread_empty(thread);
    thread->unseen = thread->unseen_away = 0;
    if (thread->native == thread)
        sampler_begin_waits(thread);
    stack_restart(thread, now);
}
