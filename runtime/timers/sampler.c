/*
 * sampler.c - where a thread spends its time, by samples. See sampler.h.
 */
#include "runtime/timers/sampler.h"

#include <stddef.h>

#include "arch.h"
#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/settings.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/format/settings.h"
#include "runtime/records/records.h"
#include "runtime/system/memory.h"
#include "runtime/system/seccomp.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler_code.h"
#include "runtime/timers/sampler_perf.h"
#include "runtime/timers/sampler_ring.h"
#include "runtime/timers/sampler_timer.h"
#include "runtime/timers/sampler_waits.h"

const uint64_t sampler_none = 0;

enum { WALK_FRAMES = 1000 }; /* frames of a stack that are walked for each sample, in the mean */

/* Filters that may kill whoever asks for samples. */
static uint32_t filters;

int sampler_is_forbidden(void)
{
    return __atomic_load_n(&filters, __ATOMIC_SEQ_CST) != 0;
}

/* Returns samples a second: between 7/8 and 9/8 of the mean, another number for each thread. The kernel makes
 * up for its own delays by changing the period after each sample (freq of perf_event_open(2)). Both keep a
 * program that does the same all the time from falling in step with its samples. */
static uint32_t frequency_of(struct thread *thread)
{
    uint32_t mean = settings_get()->frequency;

    return mean - mean / 8 + (uint32_t)(thread->random >> 32) % (mean / 4 + 1);
}

/* Notes that timers take the samples, at the kernel's ticks. They find the kernel at work too, for the code
 * that has called it. */
static void note_timer(struct image_header *header)
{
    uint32_t period = 1000000000 / sampler_timer_most();

    header->sampler = IMAGE_SAMPLER_TIMER;
    header->samples_kernel = 1;
    header->period = period > header->period ? period : header->period;
}

/* Opens the ring of THREAD. All threads of a process have samples of one kind, each of which stands for the
 * same time. Returns 0, or -1 if nobody can take samples. */
static int ring_open(struct thread *thread, struct image_header *header)
{
    uint32_t choice = settings_get()->sampler, frequency = frequency_of(thread);

    if (choice != SETTING_SAMPLER_TIMER && header->sampler != IMAGE_SAMPLER_TIMER &&
        sampler_perf_open(thread, frequency) == 0) {
        header->sampler = IMAGE_SAMPLER_PERF;
        return 0;
    }
    if (choice == SETTING_SAMPLER_PERF || header->sampler == IMAGE_SAMPLER_PERF ||
        sampler_timer_open(thread, frequency) != 0)
        return -1;
    note_timer(header);
    return 0;
}

/* Returns 1 unless a filter may kill whoever asks for samples: one that the program has set for itself, or
 * one that it has got before it was executed and that the launcher knows nothing of. */
static int may_sample(void)
{
    static int is_known; /* threads that are the first at one time all find it out */

    if (!__atomic_load_n(&is_known, __ATOMIC_ACQUIRE) && settings_get()->spool[0] != '\0') {
        char *status = memory_private(SECCOMP_STATUS_MAX); /* the stack may be small */

        if (seccomp_filters(status) > settings_get()->seccomp)
            __atomic_add_fetch(&filters, 1, __ATOMIC_SEQ_CST);
        if (status != NULL)
            memory_private_free(status, SECCOMP_STATUS_MAX);
    }
    __atomic_store_n(&is_known, 1, __ATOMIC_RELEASE);
    return !sampler_is_forbidden();
}

/* Returns 1 if samples do not tell how long threads wait for a processor, and the times depend on it: those
 * of calls that are not timed. */
static int are_waits_wanted(const struct image_header *header)
{
    return !sampler_is_forbidden() && header->sampler != IMAGE_SAMPLER_PERF &&
           header->reads == IMAGE_READS_SAMPLED && header->timer == IMAGE_TIMER_CLOCK &&
           header->clock != IMAGE_CLOCK_SETTABLE;
}

void sampler_open(struct thread *thread)
{
    struct image_header *header = (struct image_header *)thread->base;
    int may_open = may_sample();

    if (header->period != 0) {
        code_find();
        if (!may_open || ring_open(thread, header) != 0)
            __atomic_fetch_add(&header->samplers_missing, 1, __ATOMIC_RELAXED);
        else
            thread->ring_seen = *thread->ring_filled;
    }
    sampler_begin_waits(thread);
}

void sampler_begin_waits(struct thread *thread)
{
    if (are_waits_wanted((const struct image_header *)thread->base))
        thread->sampler.before = waits_read(thread->shared->tid);
}

void sampler_note_waits(const struct thread *thread)
{
    const struct image_header *header = (const struct image_header *)thread->base;
    struct thread_run now = {0, 0}, before = thread->sampler.before;

    if (are_waits_wanted(header))
        now = waits_read(thread->shared->tid);
    if (now.ran > before.ran) {
        thread->shared->ran = now.ran - before.ran;
        thread->shared->waited = now.waited - before.waited;
    }
}

void sampler_close(struct thread *thread)
{
    sampler_timer_stop(thread);
    if (thread->sampler.ring != NULL && !sampler_is_forbidden())
        system_unmap(thread->sampler.ring, RING_MAP_SIZE);
    thread->sampler = (struct thread_sampler){0};
    thread->ring_filled = &sampler_none;
    thread->ring_seen = 0;
}

/* A child that vfork made shares our memory: what it forbids itself is not forbidden to us. */
void sampler_forbid(int is_now)
{
    const struct process *process = process_self();

    if (process != NULL && !process_is_ours(process))
        return;
    __atomic_add_fetch(&filters, is_now ? 1 : -1, __ATOMIC_SEQ_CST);
    if (is_now)
        sampler_timer_yield();
}

/* The stack of a coroutine may be too small for a signal. */
void sampler_hand_over(struct thread *from, struct thread *to)
{
    if (to->shared->is_strand)
        sampler_timer_stop(to->native);
    to->ring_filled = from->ring_filled;
    to->ring_seen = from->ring_seen;
}

/* ---- times with callees, where the tree of contexts does not tell them ---- */

/* Returns the counter to which the open activation FRAME adds its sampled time with callees; NULL if it has
 * none: another activation contains it (account.h). */
static uint64_t *inclusive_of(struct thread *thread, const struct image_frame *frame)
{
    struct image_record *record = image_at(thread->base, frame->record);
    const struct image_function *function = image_at(thread->base, record->function);
    struct image_edge *edge = image_at(thread->base, record->edge);
    struct image_details *details;

    if (frame->sp == 0 || frame->record == 0)
        return NULL;
    if (function->outermost == image_unit(thread->base, frame))
        return (details = context_spare_details(thread, record)) != NULL ? &details->inclusive_sampled : NULL;
    return edge->outermost == image_unit(thread->base, frame) ? &edge->nested_sampled : NULL;
}

/* Notes the time of TALLY for the next walk. Waiting is the program's time if the timer runs on meanwhile;
 * waiting for a processor is not (cli/model/ledger.c), and a call that is timed has that too. */
static void walk_later(struct thread *thread, const struct tally *tally)
{
    uint32_t timer = ((const struct image_header *)thread->base)->timer;

    thread->unseen += tally->time + (timer == IMAGE_TIMER_CLOCK ? tally->blocked : 0);
    thread->unseen_away += timer == IMAGE_TIMER_CLOCK ? tally->preempted : 0;
}

/* Adds the time of TALLY to the open activations that contain it. Below a recursive call the tree of contexts
 * does not tell all of them, and nobody knows what will be recursive. A walk over a deep stack stands for the
 * samples of a while. */
static void walk(struct thread *thread, const struct tally *tally)
{
    uint32_t depth = 0;

    walk_later(thread, tally);
    if (thread->walk_debts > 0) {
        thread->walk_debts--;
        return;
    }
    for (const struct image_frame *frame = thread->top; frame->below != 0;
         frame = frame_below(thread, frame)) {
        uint64_t *sum = inclusive_of(thread, frame);

        if (sum != NULL)
            arch_add(sum, frame->weight != 0 ? -thread->unseen_away : thread->unseen);
        depth++;
    }
    thread->unseen = thread->unseen_away = 0;
    thread->walk_debts = depth / WALK_FRAMES;
}

/* Adds the new samples of THREAD to its innermost record. Returns 0 without space. A walk may have taken the
 * last spare details, and lacked more for the outer activations: so the next event lays up others. */
static int take(struct thread *thread)
{
    struct image_details *details = context_spare_details(thread, thread_innermost(thread));
    struct tally tally;

    if (details == NULL)
        return 0;
    thread->ring_seen = ring_read(&tally, thread);
    thread->native->shared->sample_time += tally.time;
    arch_add(&details->samples, tally.samples);
    arch_add(&details->overhead, tally.overhead);
    arch_add(&details->blocked, tally.blocked);
    arch_add(&details->preempted, tally.preempted);
    walk(thread, &tally);
    if (context_lacks_details(thread))
        thread_send(thread);
    return 1;
}

int sampler_take(struct thread *thread, uint64_t caller)
{
    struct thread_sampler *sampler = &thread->native->sampler;
    uint64_t sp = (uint64_t)__builtin_frame_address(0);
    int result;

    if (!thread_has_samples(thread))
        return 1;
    if (thread_is_busy(thread, sampler->busy, sp))
        return 0;
    sampler->busy = sp;
    ORDER();
    code_learn_stub(sampler, caller);
    result = take(thread);
    ORDER();
    sampler->busy = 0;
    return result;
}

/* They are read all the same, to know how things were at the newest of them. */
void sampler_skip(struct thread *thread)
{
    struct tally nobodys;

    if (!thread_has_samples(thread))
        return;
    if (thread_is_busy(thread, thread->native->sampler.busy, (uint64_t)__builtin_frame_address(0)))
        thread->ring_seen = *thread->ring_filled;
    else
        thread->ring_seen = ring_read(&nobodys, thread);
}
