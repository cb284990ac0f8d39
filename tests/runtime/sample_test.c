/*
 * sample_test.c - what is made of readings where only some calls are timed, under a settable clock.
 *
 * Time passes by what the test says, and by the readings themselves, which take settable_price. So what a
 * function took is known, what is recorded has the hooks' cost in it, and what is left when that is taken out
 * (cli/model/compensate.c) must be what the function took. The readings are chosen by chance, for the
 * generator starts from the clock: each case is played several times, from different ones, and judged by the
 * sums.
 */
#include "tests/runtime/play.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PRICE = 20, DEAR = 100, CALLS = 200000, MANY = 1000000, TIMES = 8 };

enum function { ROOT, PARENT, LEAF, OTHER };

/* What the functions took, without what they called: kept where the parent of the child can see it. */
struct truth {
    uint64_t calls[OTHER + 1], self[OTHER + 1], start, end;
};
static struct truth *truth;

static inline void pass(enum function function, uint64_t ticks)
{
    truth->self[function] += ticks;
    settable_clock += ticks;
}

static inline __attribute__((always_inline)) void begin(enum function function)
{
    truth->calls[function]++;
    play_enter(function);
}

static uint64_t random_number(uint64_t bound)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
}

static __attribute__((noinline)) void leaf(uint64_t ticks)
{
    begin(LEAF);
    pass(LEAF, ticks);
    play_leave(LEAF);
}

/* ---- what is played ---- */

typedef uint64_t cost_function(uint64_t call);

static uint64_t price = PRICE;

static void play_leaves_of(cost_function *cost, uint64_t calls)
{
    settable_price = price;
    begin(ROOT);
    for (uint64_t i = 0; i < calls; i++) {
        pass(ROOT, 3);
        leaf(cost(i));
    }
    play_leave(ROOT);
}

static void play_leaves(void *argument)
{
    play_leaves_of(*(cost_function **)argument, CALLS);
}

static void play_many_leaves(void *argument)
{
    play_leaves_of(*(cost_function **)argument, MANY);
}

static __attribute__((noinline)) void other(uint64_t i)
{
    begin(OTHER);
    pass(OTHER, 7);
    for (uint64_t j = 0; j < i % 3; j++)
        leaf(4);
    play_leave(OTHER);
}

static __attribute__((noinline)) void parent(uint64_t i)
{
    begin(PARENT);
    pass(PARENT, 11 + i % 5);
    other(i);
    pass(PARENT, 2);
    other(i + 1);
    leaf(random_number(9));
    play_leave(PARENT);
}

static void play_levels(void *argument)
{
    (void)argument;
    settable_price = PRICE;
    begin(ROOT);
    for (uint64_t i = 0; i < CALLS; i++)
        parent(i);
    play_leave(ROOT);
}

static void play_recursion_to(int depth)
{
    begin(PARENT);
    pass(PARENT, 5);
    if (depth > 0) {
        play_recursion_to(depth - 1);
        play_recursion_to(depth - 2);
    }
    play_leave(PARENT);
}

static void play_recursion(void *argument)
{
    (void)argument;
    settable_price = PRICE;
    begin(ROOT);
    play_recursion_to(22);
    play_leave(ROOT);
}

static void play_long_wait(void *argument)
{
    (void)argument;
    settable_price = PRICE;
    begin(ROOT);
    for (uint64_t i = 0; i < CALLS; i++)
        leaf(i == CALLS / 2 ? 1000000000 : 3);
    play_leave(ROOT);
}

/* ---- what is expected ---- */

struct sums {
    uint64_t calls, clocked;
    double raw, self, inclusive, variance, error;
};

static void sum_up(const struct profile *profile, struct sums sums[OTHER + 1])
{
    for (size_t i = 0; i < profile->record_count; i++) {
        const struct profile_record *record = &profile->records[i];
        struct sums *sum;

        if (record->function == PROFILE_NONE)
            continue;
        sum = &sums[(profile->functions[record->function].offset - PLAY_ADDRESS) / PLAY_STEP];
        sum->calls += record->calls;
        sum->clocked += record->clocked;
        sum->raw += (double)record->self;
        sum->self += (double)profile_self(record);
        sum->inclusive += (double)profile_inclusive(record);
        sum->variance += record->variance;
    }
}

static void play_and_sum(void (*events)(void *), cost_function *cost, struct sums sums[OTHER + 1])
{
    memset(truth, 0, sizeof *truth);
    memset(sums, 0, (OTHER + 1) * sizeof *sums);
    for (int i = 0; i < TIMES; i++) {
        struct profile profile = {0};

        play_start += 1000003;
        play(events, (void *)&cost, &profile);
        assert_int_equal(profile.processes[0].reads, PROFILE_READS_SAMPLED);
        assert_int_equal(profile.threads[0].backwards, 0);
        sum_up(&profile, sums);
        model_free(&profile);
    }
    for (int i = 0; i <= OTHER; i++)
        sums[i].error = sqrt(sums[i].variance);
    for (int i = 0; i <= OTHER; i++)
        assert_int_equal(sums[i].calls, truth->calls[i]);
}

/* The self time of FUNCTION is its own to PART of it, or to a tick in ten calls. */
static void expect_self(const struct sums *sums, enum function function, double part)
{
    double expected = (double)truth->self[function];
    double most = part * expected + 0.1 * (double)truth->calls[function];

    if (fabs(sums[function].self - expected) > most)
        fail_msg("function %d took %.0f, but %.0f was estimated, +-%.0f", (int)function, expected,
                 sums[function].self, sums[function].error);
}

/* The same, but to within FACTOR standard errors. */
static void expect_within_error(const struct sums *sums, enum function function, double factor)
{
    double expected = (double)truth->self[function];

    if (fabs(sums[function].self - expected) > factor * sums[function].error)
        fail_msg("function %d took %.0f, but %.0f was estimated, +-%.0f", (int)function, expected,
                 sums[function].self, sums[function].error);
}

static void expect_sampled(const struct sums *sums, enum function function, uint64_t one_in)
{
    if (sums[function].clocked * one_in > sums[function].calls)
        fail_msg("of %" PRIu64 " calls, %" PRIu64 " read the clock", sums[function].calls,
                 sums[function].clocked);
}

static uint64_t always_six(uint64_t call)
{
    (void)call;
    return 6;
}

static void knows_a_constant(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_leaves, always_six, sums);
    expect_sampled(sums, LEAF, 40);
    expect_self(sums, LEAF, 0);
    expect_self(sums, ROOT, 0.001);
    assert_true(sums[LEAF].error < 0.01 * sums[LEAF].self);
}

/* A buffer is filled again at each 4,096th call. */
static uint64_t next_byte(uint64_t call)
{
    return call % 4096 == 4095 ? 8000 : 2;
}

static void bears_rare_long_calls(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_many_leaves, next_byte, sums);
    expect_sampled(sums, LEAF, 4);
    expect_within_error(sums, LEAF, 3);
    assert_true(sums[LEAF].error < 0.5 * sums[LEAF].self);
}

static uint64_t two_modes(uint64_t call)
{
    (void)call;
    return random_number(1000) == 0 ? 20000 : 5;
}

static void knows_two_modes(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_many_leaves, two_modes, sums);
    expect_sampled(sums, LEAF, 4);
    expect_self(sums, LEAF, 0.1);
    expect_within_error(sums, LEAF, 3);
    assert_true(sums[LEAF].error < 0.4 * sums[LEAF].self);
}

static uint64_t far_apart(uint64_t call)
{
    (void)call;
    return random_number(1000) == 0 ? 130000 : 5;
}

static void knows_modes_far_apart(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    price = DEAR; /* so that the long calls are met rarely */
    play_and_sum(play_many_leaves, far_apart, sums);
    price = PRICE;
    expect_within_error(sums, LEAF, 3);
    assert_true(sums[LEAF].error < 0.2 * sums[LEAF].self);
}

static uint64_t ever_slower(uint64_t call)
{
    return 2 + call / 2000;
}

static void follows_a_drift(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_leaves, ever_slower, sums);
    expect_self(sums, LEAF, 0.05);
}

static uint64_t every_64th(uint64_t call)
{
    return call % 64 == 0 ? 300 : 1;
}

static uint64_t every_32nd(uint64_t call)
{
    return call % 32 == 7 ? 150 : 1;
}

static void falls_in_step_with_nothing(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_leaves, every_64th, sums);
    expect_within_error(sums, LEAF, 3);
    play_and_sum(play_leaves, every_32nd, sums);
    expect_within_error(sums, LEAF, 3);
}

static uint64_t becomes_long(uint64_t call)
{
    return call < CALLS / 2 ? 3 : 50000;
}

static void adapts_to_calls_that_become_long(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_leaves, becomes_long, sums);
    assert_true(sums[LEAF].clocked > TIMES * (CALLS / 2 - CALLS / 100));
    expect_self(sums, LEAF, 0.01);
}

static uint64_t always_long(uint64_t call)
{
    (void)call;
    return 5000;
}

static void times_all_long_calls(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_leaves, always_long, sums);
    assert_int_equal(sums[LEAF].clocked, TIMES * CALLS);
    assert_true(sums[LEAF].error == 0);
    assert_true(sums[LEAF].self == (double)truth->self[LEAF]);
}

static void knows_nested_levels(void **state)
{
    struct sums sums[OTHER + 1];
    double cumulative;

    (void)state;
    play_and_sum(play_levels, NULL, sums);
    expect_sampled(sums, PARENT, 10);
    expect_sampled(sums, OTHER, 10);
    expect_sampled(sums, LEAF, 10);
    expect_self(sums, PARENT, 0.05);
    expect_self(sums, OTHER, 0.05);
    expect_self(sums, LEAF, 0.05);
    cumulative = (double)(truth->self[PARENT] + truth->self[OTHER] + truth->self[LEAF]);
    assert_true(fabs(sums[PARENT].inclusive - cumulative) < 0.02 * cumulative);
}

static void knows_recursion(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_recursion, NULL, sums);
    expect_sampled(sums, PARENT, 10);
    expect_self(sums, PARENT, 0.05);
    assert_true(fabs(sums[PARENT].inclusive - (double)truth->self[PARENT]) <
                0.05 * (double)truth->self[PARENT]);
}

static void leaves_a_wait_alone(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_long_wait, NULL, sums);
    assert_true(sums[LEAF].self < 1.05 * (double)truth->self[LEAF]);
}

static void adds_up(void **state)
{
    struct profile profile = {0};
    int64_t self = 0;

    (void)state;
    play(play_levels, NULL, &profile);
    for (size_t i = 0; i < profile.record_count; i++)
        self += profile.records[i].self;
    for (size_t i = 0; i < profile.record_count; i++)
        if (profile.records[i].function != PROFILE_NONE &&
            profile.records[profile.records[i].parent].function == PROFILE_NONE)
            assert_int_equal(profile.records[i].inclusive, self);
    model_free(&profile);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("a function that always takes the same is known to the tick by one call in 128",
                   knows_a_constant),
        TEST_ALONE("rare, long calls of a short function are found, with their error", bears_rare_long_calls),
        TEST_ALONE("a function with two modes has the mean of both", knows_two_modes),
        TEST_ALONE("even where the rare one is as long as a wait", knows_modes_far_apart),
        TEST_ALONE("a function that becomes slower all the time is followed", follows_a_drift),
        TEST_ALONE("a period of the program does not fall in step with the readings",
                   falls_in_step_with_nothing),
        TEST_ALONE("a function whose calls become long is timed at every call",
                   adapts_to_calls_that_become_long),
        TEST_ALONE("a function with long calls is timed at every call, exactly", times_all_long_calls),
        TEST_ALONE("sampled callers of sampled functions have their own time", knows_nested_levels),
        TEST_ALONE("so have sampled recursive functions", knows_recursion),
        TEST_ALONE("a wait in a short function does not stand for others", leaves_a_wait_alone),
        TEST_ALONE("the self times of a thread add up to its time, to the tick", adds_up),
    };

    if (play_options(argc, argv, "reads=2") != 0)
        return 1;
    truth = mmap(NULL, sizeof *truth, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (truth == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
