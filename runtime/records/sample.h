/*
 * sample.h - chooses the calls of a record that read the clock.
 *
 * The first calls of a record are all timed: what is called seldom is timed exactly. A record that has proved
 * hot and short becomes sampled: only some of its calls are timed, at random distances, so that nothing in
 * the program can fall in step with them. The others cost less, and the kernel's samples tell where their
 * time went (timers/sampler.h). The timed calls tell how the time of a short run divides.
 *
 * Calls that are much longer than a reading of the clock are all timed, however often they are made. Others
 * are timed the less often the shorter they are, so that the readings take a certain part of a record's time
 * with its callees (thread.sample_share). As calls are nested, that part depends on the program: it is
 * adjusted until all readings together take about 1 / SAMPLE_BUDGET of the thread's time.
 *
 * Where a thread has very many records, their first calls alone take more than that. Each costs far more than
 * the readings, as the caches do not hold so many records and details. Then the thread becomes thrifty, by
 * degrees: fewer calls of a record are timed before the first check, and the distances grow faster.
 */
#ifndef RUNTIME_RECORDS_SAMPLE_H
#define RUNTIME_RECORDS_SAMPLE_H

#include "arch.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"

enum {
    SAMPLE_FIRST = 32, /* calls of a record before the first check whether to sample it, and between checks */
    SAMPLE_MOST = 4096, /* mean distance of timed calls */
    SAMPLE_GROWTH = 8,  /* ... which is at most an eighth of the calls so far, without thrift */
    SAMPLE_NEWEST = 8,  /* the newest reading is an eighth of the mean */
    SAMPLE_BUDGET = 64, /* see above */
    SAMPLE_ROUND = 256, /* timed calls after which the share is adjusted */
    SAMPLE_SPIKE =
        1 << 14,       /* ticks: a call may wait once, and should not stand for others with all of that */
    SAMPLE_SHARE = 64, /* at the start of a thread ... */
    SAMPLE_SHARE_LEAST = 16,
    SAMPLE_SHARE_MOST = 1 << 14, /* ... and the bounds of it */
    SAMPLE_THRIFT = 256,    /* rounds beyond the budget, with the largest share, for a degree of thrift */
    SAMPLE_THRIFT_MOST = 3, /* degrees */
};

/* Starts to sample RECORD, whose newest call took INCLUSIVE ticks with its callees, if that is short. */
COLD void sample_consider(struct thread *thread, struct image_record *record, uint64_t inclusive);

/* Adjusts the share of the clock, at NOW. */
COLD void sample_adjust(struct thread *thread, uint64_t now);

/* Returns a random number below BOUND. It is taken from the upper bits of a linear congruential generator
 * with Knuth's constants. */
static inline uint32_t sample_random(struct thread *thread, uint32_t bound)
{
    thread->random = thread->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((thread->random >> 32) * bound >> 32);
}

/* Returns the ticks from which on all calls are timed; 0 if a reading of the timer adds nothing to it. */
static inline float sample_long(const struct thread *thread)
{
    return thread->sample_share * thread->clock_price;
}

/* Returns the degree of THREAD's thrift. With each, half as many calls of a record are timed before the first
 * check, and the next timed call may be four times as far away. */
static inline uint32_t sample_thrift(const struct thread *thread)
{
    return thread->sample_dear / SAMPLE_THRIFT;
}

/* Returns the mean distance from timed call number CALL to the next one. */
static inline uint32_t sample_distance(const struct thread *thread, const struct image_details *details,
                                       uint64_t call)
{
    uint32_t shift = 2 * sample_thrift(thread);
    uint64_t grown = ((uint64_t)SAMPLE_MOST * SAMPLE_GROWTH) >> shift;
    float most = call < grown ? (float)(call << shift) / SAMPLE_GROWTH : SAMPLE_MOST;
    float distance = sample_long(thread) / (details->typical > 1 ? details->typical : 1);

    distance = distance < most && thread->clock_price > 0 ? distance : most;
    return distance > 1 ? (uint32_t)distance : 1;
}

/* Counts the calls that were not timed before call NOW, which is. Returns their number, with this call. */
static inline uint64_t sample_skip(struct image_details *details, uint64_t now)
{
    uint64_t calls = now - details->last;

    details->unclocked += calls - 1;
    details->last = now;
    return calls;
}

/* Returns how many calls of RECORD there were since its last timed one, with the newest, which is about to be
 * timed. Chooses the next one. */
static inline __attribute__((always_inline)) uint32_t sample_take(struct thread *thread,
                                                                  struct image_record *record)
{
    struct image_details *details = image_at(thread->base, record->details);
    uint64_t call = record->calls;
    uint32_t distance;

    if (record->details == 0 || !details->is_sampled)
        return 1;
    distance = sample_distance(thread, details, call);
    record->next = call + 1 + sample_random(thread, 2 * distance - 1);
    return (uint32_t)sample_skip(details, call);
}

/* Notes that a timed call of RECORD, on FRAME, took SELF ticks, and INCLUSIVE with the timed calls inside it.
 */
static inline __attribute__((always_inline)) void sample_learn(struct thread *thread,
                                                               struct image_record *record,
                                                               const struct image_frame *frame, uint64_t self,
                                                               uint64_t inclusive)
{
    struct image_details *details = image_at(thread->base, record->details);

    if (RARE(++thread->sample_count >= SAMPLE_ROUND))
        sample_adjust(thread, frame->entry + inclusive);
    if (record->details == 0 || !details->is_sampled) {
        if (RARE(record->calls % (SAMPLE_FIRST >> sample_thrift(thread)) == 0))
            sample_consider(thread, record, inclusive);
        return;
    }
    details->typical += ((float)inclusive - details->typical) / SAMPLE_NEWEST;
    if (frame_is_leaf(thread, frame)) {
        details->leaf_calls += frame->weight;
        details->leaf_ticks += frame->weight * (self < SAMPLE_SPIKE ? self : SAMPLE_SPIKE);
    }
}

#endif
