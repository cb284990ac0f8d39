/*
 * sample.h - which calls of a record read the clock, where not all do, and what is made of the readings.
 *
 * A record's calls are cut into blocks of 1, 2, 4, ... LARGEST calls. In each block one call, at random,
 * reads the clock and stands for all. A block's length depends on earlier blocks alone, so nothing in the
 * program can fall in step with it. Every record begins with blocks of one call, and only grows longer ones
 * when it has proved hot and short.
 *
 * A call that reads the clock has the time that it reads, in its own sum and in its callers'. Any other is
 * taken to have, in both, what is typical of its record: an average of the readings, in which late ones weigh
 * most. A reading moves it by its difference, times the share that the other calls of its block have in
 * MEMORY calls; so over the MEMORY calls to come that do not read, they are made good for, and the sum over
 * all calls is what the readings times the calls they stand for would give (Horvitz and Thompson, JASA 1952).
 * A reading that stands for itself alone moves nothing: else what a rare, long call is still to be made good
 * for would be forgotten while the calls after it are looked at closely. And no difference is multiplied on
 * its way to callers, which may be sampled themselves: the errors of nested estimates do not build up, and
 * all self times of a thread still add up to its time.
 *
 * The length of a block is what gives the least error for the money (Neyman 1934): it is inverse to the root
 * mean square of the record's self times, so functions with rare, long calls are looked at more often; but
 * never so often that the clock takes more than a quarter of the function's time. So if the rare calls are
 * long enough to matter, all are timed.
 */
#ifndef RUNTIME_RECORDS_SAMPLE_H
#define RUNTIME_RECORDS_SAMPLE_H

#include "arch.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"

enum {
    SAMPLE_LARGEST = 128, /* calls of a block; a power of two */
    SAMPLE_FIRST = 32,    /* calls of a record before it may be sampled, and between looks whether it may */
    SAMPLE_SHARE =
        64, /* no block is more than this part of the calls so far: one reading cannot weigh much */
    SAMPLE_MEMORY = 4096,   /* calls over which the mean is taken ... */
    SAMPLE_CAUTION = 16384, /* ... and the mean of squares */
    SAMPLE_LIFE = 1 << 20,  /* ... and in which the longest call is forgotten */
    SAMPLE_LONG = 16,       /* times what a reading costs: calls that long are all timed */
    SAMPLE_OVERHEAD = 4,    /* the clock may take one part in this of a function's time */
    SAMPLE_SPIKE =
        1 << 16, /* ticks, some 30 us: the first call that takes longer is only itself: one long wait in a
                               short function, or a moment without the processor, should not stand for 128 */
};

/* Starts to sample RECORD if it has proved hot and short. */
COLD void sample_consider(struct thread *thread, struct image_record *record);

/* A number below BOUND, a power of two (a linear congruential generator, by Knuth's constants; its upper
 * bits). */
static inline uint32_t sample_random(struct thread *thread, uint32_t bound)
{
    thread->random = thread->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(thread->random >> 33) & (bound - 1);
}

static inline int sample_is_too_long(const struct thread *thread, const struct image_details *details,
                                     uint64_t calls, float stride)
{
    float price = thread->clock_price;

    return stride * SAMPLE_SHARE > (float)calls ||
           (stride * stride * details->square > SAMPLE_LONG * SAMPLE_LONG * price * price &&
            stride * details->all > SAMPLE_OVERHEAD * price);
}

/* The length of the next block, after one of LAST. */
static inline uint32_t sample_stride(const struct thread *thread, const struct image_details *details,
                                     uint64_t calls, uint32_t last)
{
    uint32_t stride = last < SAMPLE_LARGEST ? 2 * last : SAMPLE_LARGEST;

    while (stride > 1 && sample_is_too_long(thread, details, calls, (float)stride))
        stride /= 2;
    return stride;
}

/* Counts the calls since the last reading, of which call NOW is the next. */
static inline void sample_skip(struct image_details *details, uint64_t now)
{
    details->unclocked += now - details->last - 1;
    details->last = now;
}

/* A call of RECORD is about to read the clock. For how many it stands; and chooses the next. */
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

/* Beyond which time is a call's own alone: unless there was one as long before. */
static inline float sample_spike(float longest)
{
    return 2 * longest > SAMPLE_SPIKE ? 2 * longest : SAMPLE_SPIKE;
}

/* Learns from the reading of a call that took SELF ticks without callees, if it had any, and stands for
 * WEIGHT calls. */
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
    if (!is_leaf && spread > details->square) /* a part of it is the callees' */
        spread = details->square;
    details->variance += (double)(count * (count - 1)) * (double)spread;
    details->mean += difference * (count - 1) * share;
    details->all += (all - details->all) * count * share;
    details->longest -= details->longest * count / SAMPLE_LIFE;
    details->longest = all > details->longest ? all : details->longest;
    typical = details->mean + thread->clock_inside;
    record->typical = (int32_t)(typical < 0 ? typical - 0.5f : typical + 0.5f);
    if (is_leaf) { /* callees' estimates would blur it; and one spike is to be forgotten after a while */
        time = sample_bound(time, 4 * SAMPLE_LONG * thread->clock_price);
        details->square +=
            (time * time - details->square) * count / (calls < SAMPLE_CAUTION ? calls : SAMPLE_CAUTION);
    }
}

#endif
