/*
 * sample.h - chooses the calls of a record that read the clock, and estimates the time of the others.
 *
 * The calls of a record form blocks of 1, 2, 4, ... SAMPLE_LARGEST calls. In each block one random call reads
 * the clock and stands for all calls of the block. The length of a block depends only on earlier blocks. So
 * nothing in the program can fall in step with the readings. A record begins with blocks of one call. Its
 * blocks grow only after it has proved hot and short.
 *
 * A call that reads the clock adds the measured time to its record and to its callers' time. Any other call
 * adds its record's typical time to both. The typical time is an average of the readings in which recent ones
 * weigh most. A reading in a block of N calls changes it as follows. M is SAMPLE_MEMORY, or the number of
 * calls so far while that is less:
 *
 *     typical += (reading - typical) * (N - 1) / M
 *
 * The N - 1 other calls of the block have added too little or too much. The next M calls without a reading
 * make up for that. So the sum over all calls is the sum of the readings weighted by N (Horvitz and Thompson,
 * JASA 1952).
 *
 * A reading in a block of one call changes nothing. The blocks after a rare, long call are short. Without
 * this rule their readings would undo the correction for the long call before enough calls have added it.
 *
 * A caller, which may be sampled itself, gets the measured time once, not N times. So the errors of nested
 * estimates do not multiply. The self times of a thread still add up to its time.
 *
 * The length of a block gives the least error for its cost (Neyman 1934). It is inverse to the root mean
 * square of the record's self times: functions with rare, long calls are timed more often. But the clock
 * takes at most 1 / SAMPLE_OVERHEAD of a function's time. If the rare calls are long enough to matter, all
 * calls are timed.
 */
#ifndef RUNTIME_RECORDS_SAMPLE_H
#define RUNTIME_RECORDS_SAMPLE_H

#include "arch.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"

enum {
    SAMPLE_LARGEST = 128, /* calls in a block; a power of two */
    SAMPLE_FIRST = 32, /* calls of a record before the first check whether to sample it, and between checks */
    SAMPLE_SHARE = 64, /* a block has at most 1/64 of the calls so far: no reading weighs much */
    SAMPLE_MEMORY = 4096,   /* calls over which the mean is taken */
    SAMPLE_CAUTION = 16384, /* calls over which the mean of squares is taken */
    SAMPLE_LIFE = 1 << 20,  /* calls after which the longest call is forgotten */
    SAMPLE_LONG = 16,       /* calls that take this many times the cost of a reading are all timed */
    SAMPLE_OVERHEAD = 4,    /* the clock takes at most 1/4 of a function's time */

    /* Ticks; about 30 us with a counter of 2.2 GHz. A short function may wait once, or lose the processor.
     * The time of such a call beyond this limit should not count for 128 calls. */
    SAMPLE_SPIKE = 1 << 16,
};

/* Starts to sample RECORD if it has proved hot and short. */
COLD void sample_consider(struct thread *thread, struct image_record *record);

/* Returns a random number below BOUND, a power of two. It is taken from the upper bits of a linear
 * congruential generator with Knuth's constants. */
static inline uint32_t sample_random(struct thread *thread, uint32_t bound)
{
    thread->random = thread->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(thread->random >> 33) & (bound - 1);
}

/* Returns 1 if a block of STRIDE calls is too long for a record that has CALLS calls so far. */
static inline int sample_is_too_long(const struct thread *thread, const struct image_details *details,
                                     uint64_t calls, float stride)
{
    float price = thread->clock_price;

    return stride * SAMPLE_SHARE > (float)calls ||
           (stride * stride * details->square > SAMPLE_LONG * SAMPLE_LONG * price * price &&
            stride * details->all > SAMPLE_OVERHEAD * price);
}

/* Returns the length of the block after one of LAST calls. */
static inline uint32_t sample_stride(const struct thread *thread, const struct image_details *details,
                                     uint64_t calls, uint32_t last)
{
    uint32_t stride = last < SAMPLE_LARGEST ? 2 * last : SAMPLE_LARGEST;

    while (stride > 1 && sample_is_too_long(thread, details, calls, (float)stride))
        stride /= 2;
    return stride;
}

/* Counts the calls without a reading before call NOW, which is about to read the clock. */
static inline void sample_skip(struct image_details *details, uint64_t now)
{
    details->unclocked += now - details->last - 1;
    details->last = now;
}

/* Returns how many calls the newest call of RECORD, which is about to read the clock, stands for. Chooses the
 * next call that reads it. */
static inline __attribute__((always_inline)) uint32_t sample_take(struct thread *thread,
                                                                  struct image_record *record)
{
    struct image_details *details = image_at(thread->base, record->details);
    uint64_t calls = record->calls;
    uint32_t weight, skip;

    if (record->details == 0 || details->stride == 0)
        return 1;
    weight = details->stride;
    sample_skip(details, calls);
    details->stride = sample_stride(thread, details, calls, weight);
    skip = sample_random(thread, details->stride);
    record->next = calls + details->rest + skip + 1;
    details->rest = details->stride - 1 - skip;
    return weight;
}

static inline float sample_bound(float number, float bound)
{
    return number < -bound ? -bound : number > bound ? bound : number;
}

/* Returns the ticks up to which a call's time stands for its block; the rest is its own. LONGEST is the
 * longest recent call: after one long call, another such call is no surprise. */
static inline float sample_spike(float longest)
{
    return 2 * longest > SAMPLE_SPIKE ? 2 * longest : SAMPLE_SPIKE;
}

/* Updates the estimates of RECORD from a call that stands for WEIGHT calls and took SELF ticks without its
 * callees. IS_LEAF tells that it had none. */
static inline __attribute__((always_inline)) void
sample_learn(struct thread *thread, struct image_record *record, int64_t self, int is_leaf, uint32_t weight)
{
    struct image_details *details = image_at(thread->base, record->details);
    float calls = (float)record->calls, count = (float)weight;
    float share = 1 / (calls < SAMPLE_MEMORY ? calls : SAMPLE_MEMORY);
    float all = (float)self - thread->clock_inside;
    float time = sample_bound(all, sample_spike(details->longest)), difference, spread, typical;

    if (record->details == 0 || details->stride == 0) {
        if (RARE(record->calls % SAMPLE_FIRST == 0))
            sample_consider(thread, record);
        return;
    }
    difference = time - details->mean;
    spread = difference * difference;
    if (!is_leaf && spread > details->square) /* part of the spread comes from the callees' estimates */
        spread = details->square;
    details->variance += (double)(count * (count - 1)) * (double)spread;
    details->mean += difference * (count - 1) * share;
    details->all += (all - details->all) * count * share;
    details->longest -= details->longest * count / SAMPLE_LIFE;
    details->longest = all > details->longest ? all : details->longest;
    typical = details->mean + thread->clock_inside;
    record->typical = (int32_t)(typical < 0 ? typical - 0.5f : typical + 0.5f);
    if (is_leaf) { /* callees' estimates would blur it */
        /* The bound lets one spike be forgotten after a while. */
        time = sample_bound(time, 4 * SAMPLE_LONG * thread->clock_price);
        details->square +=
            (time * time - details->square) * count / (calls < SAMPLE_CAUTION ? calls : SAMPLE_CAUTION);
    }
}

#endif
