/*
 * calibrate.c - measures the cost of the hooks when the process starts. The reader subtracts it.
 *
 * An empty function runs on a temporary thread state, with the compiler's hooks and without them. So the cost
 * covers everything that the instrumentation of a function adds.
 *
 * A disturbance can only lengthen a measurement, so the longest quarter is left out and the others are
 * averaged. TAU takes the shortest one (Malony and Shende, "Overhead Compensation in Performance Profiling",
 * Euro-Par 2004). But the clock of some processors advances in steps of 10 ns. Only a mean resolves less than
 * a step.
 *
 * The calibration reads the timer about 5,000 times. With the clock it takes 0.3 ms (x86-64, AMD EPYC).
 */
#include "runtime/hooks/calibrate.h"

#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/hooks/specimen.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/records/sample.h"
#include "runtime/stack/frames.h"
#include "runtime/system/memory.h"
#include "runtime/timers/sampler.h"
#include "runtime/timers/timer.h"

enum {
    CALLS = 32,           /* calls in a measurement; too few for longer blocks (sample.h) */
    TIMES = 64,           /* measurements */
    LEFT_OUT = TIMES / 4, /* the longest measurements */

    /* Units of the temporary image. */
    UNIT_SHARED = 1,
    UNIT_ROOT = 4,
    UNIT_FUNCTION,
    UNIT_EDGE,
    UNIT_RECORD,
    UNIT_DETAILS,
    UNIT_FRAMES = UNIT_DETAILS + 2,
    FRAMES = 4,
    UNITS = UNIT_FRAMES + FRAMES,
    SLOTS = 4,
};

/* A temporary thread with its image. */
struct scratch {
    struct thread thread;
    struct slot slots[SLOTS];
    char image[UNITS * IMAGE_UNIT] __attribute__((aligned(IMAGE_UNIT)));
};

static void scratch_init(struct scratch *scratch, uint64_t sp, int sampled)
{
    struct thread *thread = &scratch->thread;
    struct image_record *record = image_at(scratch->image, UNIT_RECORD);
    uint64_t function = (uint64_t)specimen_instrumented;

    thread->base = scratch->image;
    thread->slots = scratch->slots;
    thread->slot_mask = SLOTS - 1;
    thread->native = thread->current = thread;
    thread->ring_filled = &sampler_none;
    thread->shared = image_at(scratch->image, UNIT_SHARED);
    thread->shared->root = UNIT_ROOT;
    thread->sampled = (uint32_t)sampled;
    thread->clock_price = 1; /* with a share of 0: so the next call is always timed (sample.h) */
    thread->has_timer = !timer_is_counter();
    stack_start(thread, UNIT_FRAMES, FRAMES);
    stack_place(thread, (struct stack_bounds){0, sp});
    scratch->slots[slot_hash(function, UNIT_ROOT) & (SLOTS - 1)] =
        (struct slot){function, UNIT_ROOT, UNIT_RECORD};
    *record = (struct image_record){.function = UNIT_FUNCTION,
                                    .parent = UNIT_ROOT,
                                    .target = UNIT_RECORD,
                                    .edge = UNIT_EDGE,
                                    .details = UNIT_DETAILS};
}

static uint64_t read_now(struct thread *thread)
{
    return thread->has_timer ? timer_read(thread) : clock_read_after();
}

/* Returns the ticks that COUNT calls of FUNCTION take. The calls from number FIRST on read the clock. */
static uint64_t run_calls(struct scratch *scratch, long (*function)(long), uint32_t count, uint64_t first)
{
    struct image_record *record = image_at(scratch->image, UNIT_RECORD);
    struct image_details *details = image_at(scratch->image, UNIT_DETAILS);
    uint64_t start;
    long result = 0;

    *details = (struct image_details){.is_sampled = scratch->thread.sampled};
    record->calls = record->self = 0;
    record->next = first;
    start = read_now(&scratch->thread);
    for (uint32_t i = 0; i < count; i++)
        result = function(result);
    return read_now(&scratch->thread) - start;
}

struct measurements {
    uint64_t ticks[TIMES];
    uint32_t count;
};

/* Inserts TICKS in ascending order. */
static void take(struct measurements *measurements, uint64_t ticks)
{
    uint32_t i = measurements->count++;

    for (; i > 0 && measurements->ticks[i - 1] > ticks; i--)
        measurements->ticks[i] = measurements->ticks[i - 1];
    measurements->ticks[i] = ticks;
}

/* Returns the mean of a call, without the longest measurements. CALLS is the number of calls in each. The
 * result is in IMAGE_COST_UNITs of a tick. */
static uint32_t mean(const struct measurements *measurements, uint32_t calls)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < TIMES - LEFT_OUT; i++)
        sum += measurements->ticks[i];
    sum = sum * IMAGE_COST_UNIT / calls / (TIMES - LEFT_OUT);
    return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

static uint32_t subtract(uint32_t a, uint32_t b)
{
    return a > b ? a - b : 0;
}

static struct image_costs measure(struct scratch *scratch)
{
    static struct measurements plain, clocked, inside, unclocked, sampled;
    const struct image_record *record = image_at(scratch->image, UNIT_RECORD);
    struct image_costs costs;

    plain.count = clocked.count = inside.count = unclocked.count = sampled.count = 0;
    for (int i = 0; i < TIMES; i++) {
        uint32_t skipped = CALLS / 2 + sample_random(&scratch->thread, CALLS);

        take(&plain, run_calls(scratch, specimen_plain, CALLS, 0));
        take(&clocked, run_calls(scratch, specimen_instrumented, CALLS, 0));
        take(&inside, record->self);
        take(&unclocked, run_calls(scratch, specimen_instrumented, CALLS, UINT64_MAX));
        run_calls(scratch, specimen_instrumented, skipped + 1, skipped + 1);
        take(&sampled, record->self);
    }
    costs.inside = mean(&inside, CALLS);
    costs.sampled = mean(&sampled, 1);
    costs.outside = subtract(mean(&clocked, CALLS), mean(&plain, CALLS) + costs.inside);
    costs.unclocked = subtract(mean(&unclocked, CALLS), mean(&plain, CALLS));
    return costs;
}

struct image_costs calibrate(enum image_reads reads)
{
    intptr_t before = thread_offset;
    struct image_costs costs = {0};
    struct scratch *scratch = memory_private(sizeof *scratch);

    if (scratch == NULL)
        return costs;
    scratch_init(scratch, (uint64_t)__builtin_frame_address(0), reads == IMAGE_READS_SAMPLED);
    thread_become(&scratch->thread);
    timer_open(&scratch->thread);
    costs = measure(scratch);
    timer_close(&scratch->thread);
    thread_offset = before;
    memory_private_free(scratch, sizeof *scratch);
    return costs;
}
