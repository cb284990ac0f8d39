/*
 * timer_test.c - tests calls that another timer than the clock measures, by exact numbers. The tests set both
 * the timer and the clock.
 */
#include "tests/runtime/play.h"

#include <sys/syscall.h>
#include <ucontext.h>

#include "runtime/timers/timer.h"
#include "runtime/timers/trust.h"

enum function { ROOT, PARENT, LEAF };

static uint64_t counter;

static uint64_t count(void)
{
    return counter;
}

/* Reads the timer. Is instrumented itself. */
static uint64_t count_instrumented(void)
{
    play_enter(LEAF);
    counter++;
    play_leave(LEAF);
    return counter;
}

static __attribute__((noinline)) void leaf(uint64_t ticks)
{
    play_enter(LEAF);
    counter += ticks;
    settable_clock += 1000000;
    play_leave(LEAF);
}

static __attribute__((noinline)) void parent(void)
{
    play_enter(PARENT);
    counter += 100;
    for (uint64_t i = 1; i <= 10; i++)
        leaf(i);
    play_leave(PARENT);
}

static void play_counts(void *argument)
{
    (void)argument;
    timer_use(count);
    counter = 1000;
    play_enter(ROOT);
    parent();
    counter += 7;
    parent();
    play_leave(ROOT);
}

/* Leaves two calls open. If *IS_KILLED, ends in a way that the runtime does not see. */
static void play_open(void *is_killed)
{
    timer_use(count);
    play_enter(ROOT);
    parent();
    play_enter(PARENT);
    counter += 30;
    leaf(4);
    counter += 1;
    if (*(int *)is_killed)
        syscall(SYS_exit_group, 0);
}

static ucontext_t main_context, coroutine_context;

static void coroutine(void)
{
    play_enter(PARENT);
    counter += 10;
    swapcontext(&coroutine_context, &main_context);
    counter += 20;
    play_leave(PARENT);
}

static void play_coroutine(void *argument)
{
    static char stack[64 * 1024];

    (void)argument;
    timer_use(count);
    getcontext(&coroutine_context);
    coroutine_context.uc_stack.ss_sp = stack;
    coroutine_context.uc_stack.ss_size = sizeof stack;
    coroutine_context.uc_link = &main_context;
    makecontext(&coroutine_context, coroutine, 0);
    play_enter(ROOT);
    swapcontext(&main_context, &coroutine_context);
    counter += 1000;
    leaf(5);
    swapcontext(&main_context, &coroutine_context);
    counter += 2000;
    play_leave(ROOT);
}

static void play_backwards(void *argument)
{
    (void)argument;
    timer_use(count);
    counter = 1000;
    play_enter(ROOT);
    leaf(5);
    leaf((uint64_t)-900);
    leaf(6);
    leaf((uint64_t)-100);
    play_leave(ROOT);
}

static void play_instrumented(void *argument)
{
    (void)argument;
    timer_use(count_instrumented);
    play_enter(ROOT);
    leaf(3);
    play_leave(ROOT);
}

/* ---- the expected figures ---- */

static const struct profile_record *record_of(const struct profile *profile, enum function function)
{
    for (size_t i = 1; i < profile->record_count; i++)
        if (profile->records[i].function != PROFILE_NONE &&
            profile->functions[profile->records[i].function].offset == (uintptr_t)play_address(function))
            return &profile->records[i];
    fail_msg("function %d was not recorded", function);
    return NULL;
}

static void expect(const struct profile *profile, enum function function, uint64_t calls, int64_t self,
                   int64_t inclusive)
{
    const struct profile_record *record = record_of(profile, function);

    assert_int_equal(record->calls, calls);
    assert_int_equal(record->self, self);
    assert_int_equal(record->inclusive, inclusive);
}

static void counts(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_counts, NULL, &profile);
    expect(&profile, LEAF, 20, 110, 110);
    expect(&profile, PARENT, 2, 200, 310);
    expect(&profile, ROOT, 1, 7, 317);
    assert_string_equal(profile.processes[0].unit, "ticks");
    assert_int_equal(profile.processes[0].timer, PROFILE_TIMER_CUSTOM);
    assert_int_equal(profile.threads[0].backwards, 0);
    /* Starts and ends are by the clock. Its calibration takes no time here. */
    assert_true(profile.threads[0].start < 20000000 &&
                profile.processes[0].end >= profile.processes[0].start);
    model_free(&profile);
}

static void open_calls(void **state)
{
    struct profile profile = {0};
    int is_killed = 1;

    (void)state;
    play(play_open, &is_killed, &profile);
    expect(&profile, LEAF, 11, 59, 59);
    expect(&profile, PARENT, 2, 126, 185);
    expect(&profile, ROOT, 1, 0, 185);
    assert_int_equal(profile.threads[0].open, 2);
    model_free(&profile);
    is_killed = 0;
    play(play_open, &is_killed, &profile);
    expect(&profile, LEAF, 11, 59, 59);
    expect(&profile, PARENT, 2, 131, 190);
    expect(&profile, ROOT, 1, 0, 190);
    model_free(&profile);
}

static void suspended(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_coroutine, NULL, &profile);
    expect(&profile, PARENT, 1, 30, 30);
    expect(&profile, LEAF, 1, 5, 5);
    expect(&profile, ROOT, 1, 3000, 3005);
    model_free(&profile);
}

static void backwards(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_backwards, NULL, &profile);
    expect(&profile, LEAF, 4, 11, 11);
    expect(&profile, ROOT, 1, 0, 11);
    assert_int_equal(profile.threads[0].backwards, 2);
    model_free(&profile);
}

static void instrumented(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_instrumented, NULL, &profile);
    assert_int_equal(record_of(&profile, ROOT)->calls, 1);
    assert_true(record_of(&profile, LEAF)->calls > 1);
    assert_true(record_of(&profile, LEAF)->self >= 0);
    model_free(&profile);
}

static void trusts(void **state)
{
    (void)state;
    assert_true(trust_lists("tsc kvm-clock acpi_pm \n", "tsc"));
    assert_true(trust_lists("kvm-clock tsc", "tsc"));
    assert_false(trust_lists("hyperv_clocksource_tsc_page acpi_pm\n", "tsc"));
    assert_false(trust_lists("hpet xtsc tscx ts\n", "tsc"));
    assert_false(trust_lists("\n", "tsc"));
    assert_false(trust_lists("", "tsc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"calls are measured by the timer, and starts and ends by the clock", counts, NULL, NULL, NULL},
        {"open calls have the time up to the last known reading of the timer", open_calls, NULL, NULL, NULL},
        {"a timer stands still for a coroutine that is suspended", suspended, NULL, NULL, NULL},
        {"a timer that steps back goes on from its last reading, and the step is counted", backwards, NULL,
         NULL, NULL},
        {"a timer may be instrumented itself", instrumented, NULL, NULL, NULL},
        {"the kernel trusts a clock only if it lists the whole name", trusts, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
