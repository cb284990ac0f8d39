/*
 * wait_test.c - tests the times that functions wait, by exact numbers. The tests set both the elapsed time
 * and the CPU time of the thread.
 */
#include "tests/runtime/play.h"

#include <setjmp.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/hooks/events.h"
#include "runtime/system/system.h"

enum function { ROOT, PARENT, LEAF };

static uint64_t cpu;       /* the thread's CPU time, in nanoseconds */
static uint64_t cpu_price; /* nanoseconds that a reading of it takes */

static jmp_buf place;
static uint64_t place_sp; /* the stack pointer there; 0: the next reading of CPU time is not interrupted */

/* Does what a signal handler does that jumps to PLACE. */
static void jump(void)
{
    uint64_t sp = place_sp;

    place_sp = 0;
    event_unwind_to(sp, 0);
    longjmp(place, 1);
}

static int read_clock(clockid_t clock, struct timespec *time)
{
    uint64_t now = clock == CLOCK_THREAD_CPUTIME_ID ? cpu : settable_clock;

    if (clock == CLOCK_THREAD_CPUTIME_ID && place_sp != 0)
        jump();
    if (clock == CLOCK_THREAD_CPUTIME_ID) {
        settable_clock += cpu_price;
        cpu += cpu_price;
    }

    *time = (struct timespec){(time_t)(now / 1000000000), (long)(now % 1000000000)};
    return 0;
}

/* Sets the clock to 1 s after the machine's start, and enters the root. */
static void begin(void)
{
    system_clock_gettime = read_clock;
    settable_clock += 1000000000;
    play_enter(ROOT);
}

static void work(uint64_t nanoseconds)
{
    settable_clock += nanoseconds;
    cpu += nanoseconds;
}

static void wait_for(uint64_t nanoseconds)
{
    settable_clock += nanoseconds;
}

static __attribute__((noinline)) void leaf(uint64_t worked, uint64_t waited)
{
    play_enter(LEAF);
    work(worked);
    wait_for(waited);
    play_leave(LEAF);
}

static __attribute__((noinline)) void parent(void)
{
    play_enter(PARENT);
    work(10000);
    wait_for(50000);
    for (int i = 0; i < 10; i++)
        leaf(100, 0);
    leaf(0, 3000);
    work(1);
    play_leave(PARENT);
}

static void play_waits(void *argument)
{
    (void)argument;
    begin();
    work(5000);
    parent();
    wait_for(7000);
    parent();
    play_leave(ROOT);
}

/* Plays gaps that are too short to wait in, and long ones in which the thread works. */
static void play_works(void *argument)
{
    (void)argument;
    begin();
    for (int i = 0; i < 1000; i++) {
        leaf(1000, 900);
        leaf(1000000, 0);
    }
    play_leave(ROOT);
}

/* Plays short gaps that are not counted, and a long one, which must not get their waiting time too. */
static void play_clamped(void *argument)
{
    (void)argument;
    begin();
    for (int i = 0; i < 100; i++)
        leaf(0, 1500);
    leaf(0, 4000);
    play_leave(ROOT);
}

static void play_open(void *argument)
{
    (void)argument;
    begin();
    play_enter(PARENT);
    work(1000);
    wait_for(20000);
}

/* Plays with readings of the CPU time that take time. */
static void play_priced(void *argument)
{
    (void)argument;
    cpu_price = 700;
    begin();
    work(5000);
    leaf(5000, 0);
    leaf(1000, 5000);
    play_leave(ROOT);
}

static void play_jump(void *argument)
{
    (void)argument;
    begin();
    if (setjmp(place) == 0) {
        place_sp = thread_self()->top->sp;
        leaf(5000, 0);
    }
    leaf(0, 4000);
    play_leave(ROOT);
}

static const struct profile_record *record_of(const struct profile *profile, enum function function)
{
    for (size_t i = 1; i < profile->record_count; i++)
        if (profile->records[i].function != PROFILE_NONE &&
            profile->functions[profile->records[i].function].offset == (uintptr_t)play_address(function))
            return &profile->records[i];
    fail_msg("function %d was not recorded", function);
    return NULL;
}

static void expect(const struct profile *profile, enum function function, int64_t self, uint64_t waited)
{
    assert_int_equal(record_of(profile, function)->self, self);
    assert_int_equal(record_of(profile, function)->waited, waited);
}

static void waits(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_waits, NULL, &profile);
    expect(&profile, LEAF, 2 * 4000, 2 * 3000);
    expect(&profile, PARENT, 2 * 60001, 2 * 50000);
    expect(&profile, ROOT, 12000, 7000);
    assert_true(profile.processes[0].waits);
    model_free(&profile);
}

static void works(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_works, NULL, &profile);
    expect(&profile, LEAF, 1000 * 1001900, 0);
    expect(&profile, ROOT, 0, 0);
    model_free(&profile);
}

static void clamped(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_clamped, NULL, &profile);
    expect(&profile, LEAF, 154000, 4000);
    model_free(&profile);
}

static void open_call(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_open, NULL, &profile);
    expect(&profile, PARENT, 21000, 20000);
    model_free(&profile);
}

static void priced(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_priced, NULL, &profile);
    expect(&profile, ROOT, 5000, 0);
    expect(&profile, LEAF, 11000, 5000);
    model_free(&profile);
}

static void jumps(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_jump, NULL, &profile);
    expect(&profile, LEAF, 9000, 4000);
    model_free(&profile);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("the waiting time of a function is exact, and does not have that of its callees", waits),
        TEST_ALONE("a thread that works, or has no time to wait, has no waiting time", works),
        TEST_ALONE("a waiting time is no longer than the time since the last event", clamped),
        TEST_ALONE("an open call has the time that the process waits at the end", open_call),
        TEST_ALONE("the time that readings of the CPU time take is in no function", priced),
        TEST_ALONE("waiting times are measured on after a handler has jumped out of a reading of CPU time",
                   jumps),
    };

    if (play_options(argc, argv, "timer=wall,cpu") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
