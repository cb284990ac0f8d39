/*
 * sampler_ring_test.c - tests reading a ring of samples, which the test fills as the kernel does.
 */
#include <string.h>

#include "runtime/core/thread.h"
#include "runtime/timers/sampler.h"
#include "runtime/timers/sampler_ring.h"
#include "tests/runtime/play.h"
#include "tests/runtime/steps.h"

enum { PERIOD = 250000, BLOCKED = 70, PREEMPTED = 30 }; /* nanoseconds */
enum { FULL = 60, OTHERS = 100, STRIDE = 9973 };

static char ring[RING_MAP_SIZE];
static struct thread thread;
static uint64_t filled, now, cpu;

static void begin(void)
{
    memset(ring, 0, sizeof ring);
    memset(&thread, 0, sizeof thread);
    thread.native = &thread;
    thread.sampler.ring = ring;
    thread.ring_filled = &filled;
    filled = 0;
    now = 1000;
    cpu = 0;
}

static void put(const void *entry, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ring[RING_HEAD + (filled + i) % RING_SIZE] = ((const char *)entry)[i];
    filled += size;
}

static void put_sample(void)
{
    struct ring_sample sample = {.header = {PERF_RECORD_SAMPLE, 0, sizeof sample},
                                 .address = 1,
                                 .time = now += PERIOD,
                                 .period = PERIOD,
                                 .cpu = cpu += PERIOD,
                                 .has_program = 2,
                                 .program = 1};

    put(&sample, sizeof sample);
}

/* The thread loses the processor for some nanoseconds. */
static void put_switches(int is_preempted)
{
    struct ring_change out = {{PERF_RECORD_SWITCH, PERF_RECORD_MISC_SWITCH_OUT, sizeof out}, now};
    struct ring_change in = {{PERF_RECORD_SWITCH, 0, sizeof in}, now + (is_preempted ? PREEMPTED : BLOCKED)};

    if (is_preempted)
        out.header.misc |= 1 << 14; /* PERF_RECORD_MISC_SWITCH_OUT_PREEMPT */
    put(&out, sizeof out);
    put(&in, sizeof in);
    now = in.time;
}

static struct tally read_all(void)
{
    struct tally tally;

    assert_int_equal(ring_read(&tally, &thread), filled);
    return tally;
}

static void assert_near(uint64_t actual, double expected)
{
    assert_in_range(actual, expected * 0.95, expected * 1.05);
}

static void reads_entries(void **state)
{
    struct tally tally;

    (void)state;
    begin();
    put_sample();
    put_switches(0);
    put_switches(1);
    put_sample();
    tally = read_all();
    assert_int_equal(tally.samples, 2);
    assert_int_equal(tally.time, 2 * PERIOD);
    assert_int_equal(tally.blocked, BLOCKED);
    assert_int_equal(tally.preempted, PREEMPTED);
}

static void waits_often(void **state)
{
    struct tally tally;

    (void)state;
    begin();
    for (int i = 0; i < 5000; i++)
        put_switches(0);
    tally = read_all();
    assert_int_equal(tally.samples, 0);
    assert_int_equal(tally.time, 0);
    assert_near(tally.blocked, 5000.0 * BLOCKED);
}

static void overflows(void **state)
{
    struct tally tally;

    (void)state;
    begin();
    for (int i = 0; i < 3000; i++) {
        put_sample();
        put_switches(i % 2);
    }
    tally = read_all();
    assert_near(tally.samples, 3000);
    assert_near(tally.time, 3000.0 * PERIOD);
    assert_near(tally.blocked, 1500.0 * BLOCKED);
    assert_near(tally.preempted, 1500.0 * PREEMPTED);
}

static void loses_a_wait(void **state)
{
    struct tally tally;

    (void)state;
    begin();
    put_sample();
    read_all();
    thread.ring_seen = filled;
    for (int i = 0; i < 7; i++)
        put_switches(1);
    for (int i = 0; i < 3000; i++)
        put_sample();
    put_switches(1);
    tally = read_all();
    assert_int_equal(tally.preempted, 8 * PREEMPTED);
    assert_int_equal(tally.blocked, 0);
    assert_int_equal(tally.time, 3000 * PERIOD);
}

/* Where the ring holds no entries at all, nothing is known of what was lost. */
static void is_damaged(void **state)
{
    struct tally tally;

    (void)state;
    begin();
    memset(ring, 0xff, sizeof ring);
    filled = 10 * RING_SIZE;
    tally = read_all();
    assert_int_equal(tally.samples + tally.time + tally.blocked, 0);
}

static struct tally interrupted;

static void read_interrupted(void)
{
    ring_read(&interrupted, &thread);
}

/* A handler that runs for so long that the entries that are being read are overwritten by others. */
static void handler_is_long(void)
{
    put_switches(1);
    for (int i = 0; i < OTHERS; i++)
        put_sample();
}

static void begin_full(void)
{
    begin();
    for (int i = 0; i < FULL; i++)
        put_sample();
}

/* The exact numbers may change with the place of the interruption, as some entries are gone. */
static void is_interrupted(void **state)
{
    long step = 1;

    (void)state;
    for (begin_full(); steps_interrupt(step, read_interrupted, handler_is_long); step += STRIDE, begin_full())
        if (interrupted.samples != FULL) {
            assert_near(interrupted.samples, FULL + OTHERS);
            assert_near(interrupted.time, (FULL + OTHERS) * (double)PERIOD);
        } else {
            assert_int_equal(interrupted.time, FULL * PERIOD);
        }
    if (step == 1)
        skip();
}

enum { ROOT = 1, DETAILS = 2, BOTTOM = 4, UNITS = 8 };

static struct image_thread shared;

/* The thread is in no function. */
static void begin_image(void)
{
    static uint64_t units[UNITS][IMAGE_UNIT / sizeof(uint64_t)];

    begin();
    shared = (struct image_thread){.root = ROOT};
    thread.base = (char *)units;
    thread.shared = &shared;
    thread.high = UINT64_MAX;
    ((struct image_record *)image_at(thread.base, ROOT))->details = DETAILS;
    thread.top = image_at(thread.base, BOTTOM);
}

static void is_left_by_longjmp(void **state)
{
    uint64_t here = (uint64_t)__builtin_frame_address(0);

    (void)state;
    begin_image();
    put_sample();
    thread.sampler.busy = here + 1000;
    assert_int_equal(sampler_take(&thread, 0), 0);
    thread.sampler.busy = here - 1000000;
    assert_int_equal(sampler_take(&thread, 0), 1);
    assert_int_equal(shared.sample_time, PERIOD);
    assert_int_equal(thread.sampler.busy, 0);
}

static void runs_short_of_details(void **state)
{
    (void)state;
    begin_image();
    thread.spares[SPARE_DETAILS - 1] = 1;
    put_sample();
    assert_int_equal(sampler_take(&thread, 0), 1);
    assert_int_equal(thread.low, 0);
    thread.spares[SPARE_DETAILS - 1] = 0;
    put_sample();
    assert_int_equal(sampler_take(&thread, 0), 1);
    assert_int_equal(thread.low, UINT64_MAX);
    assert_int_equal(shared.sample_time, 2 * PERIOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("samples, and the times without a processor, are added up", reads_entries),
        TEST_ALONE("a thread that waits 5,000 times without an event has no samples of that", waits_often),
        TEST_ALONE("entries that were overwritten are taken to be like those that are left", overflows),
        TEST_ALONE("time without a processor is known exactly, also if the entries of it were overwritten",
                   loses_a_wait),
        TEST_ALONE("a ring of something else is left out", is_damaged),
        TEST_ALONE("entries that are overwritten while they are read are not taken for others",
                   is_interrupted),
        TEST_ALONE("a thread whose last spare details were taken lays up others at its next event",
                   runs_short_of_details),
        TEST_ALONE("a reading that lies below the running code was left, and does not stop others",
                   is_left_by_longjmp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
