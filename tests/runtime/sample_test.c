/*
 * sample_test.c - tests the times when only some calls are timed and the kernel takes no samples, by a
 * settable clock.
 *
 * The test passes time in the functions, so their true times are known. Each reading of the clock passes
 * settable_price ticks, so the recorded times have the cost of the hooks too. Without that cost
 * (cli/model/ledger.c), the estimates must be close to the true times.
 *
 * The timed calls are chosen at random, by a generator that starts from the clock. So each case is played
 * several times from different starts, and the sums are compared.
 */
#include "tests/runtime/play.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PRICE = 20, DEAR = 100, CALLS = 200000, MANY = 1000000, TIMES = 8 };

enum function { ROOT, PARENT, LEAF, OTHER };

/* The true calls and self times of the functions, in memory that parent and child share. */
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

/* ---- the calls ---- */

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

enum { THREADS = 1100, KEPT = 1000, CALLS_OF_THREAD = 3000 };

static uint64_t always_six(uint64_t call)
{
    (void)call;
    return 6;
}

static void *run_leaf(void *nothing)
{
    play_leaves_of(always_six, 1);
    return nothing;
}

static void *run_leaves(void *nothing)
{
    play_leaves_of(always_six, CALLS_OF_THREAD);
    return nothing;
}

/* Plays more threads, one after the other, than the runtime keeps apart. ARGUMENT points to the number of
 * those that make one call only; they come first. */
static void play_threads(void *argument)
{
    const int *short_lived = argument;

    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;

        if (pthread_create(&thread, NULL, i < *short_lived ? run_leaf : run_leaves, NULL) == 0)
            pthread_join(thread, NULL);
    }
}

enum { CROWD = 20000, ROUNDS = 64 };

/* Makes ROUNDS calls of each of many functions from LEAF on. ARGUMENT points to their number. */
static void play_crowd(void *argument)
{
    const int *functions = argument;

    settable_price = PRICE;
    play_enter(ROOT);
    for (int i = 0; i < ROUNDS; i++)
        for (int function = LEAF; function < LEAF + *functions; function++) {
            play_enter(function);
            settable_clock += 6;
            play_leave(function);
        }
    play_leave(ROOT);
}

/* ---- the expected figures ---- */

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

/* Fails unless FUNCTION's estimate is its true self time to PART of that and 0.1 ticks a call. */
static void expect_self(const struct sums *sums, enum function function, double part)
{
    double expected = (double)truth->self[function];
    double most = part * expected + 0.1 * (double)truth->calls[function];

    if (fabs(sums[function].self - expected) > most)
        fail_msg("function %d took %.0f, but %.0f was estimated, +-%.0f", (int)function, expected,
                 sums[function].self, sums[function].error);
}

/* Fails unless the estimate for FUNCTION is within FACTOR standard errors of its true self time. */
static void expect_within_error(const struct sums *sums, enum function function, double factor)
{
    double expected = (double)truth->self[function];

    if (fabs(sums[function].self - expected) > factor * sums[function].error)
        fail_msg("function %d took %.0f, but %.0f was estimated, +-%.0f", (int)function, expected,
                 sums[function].self, sums[function].error);
}

/* Fails if more than one of ONE_IN calls of FUNCTION was timed. */
static void expect_sampled(const struct sums *sums, enum function function, uint64_t one_in)
{
    if (sums[function].clocked * one_in > sums[function].calls)
        fail_msg("of %" PRIu64 " calls, %" PRIu64 " read the clock", sums[function].calls,
                 sums[function].clocked);
}

static void knows_a_constant(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_leaves, always_six, sums);
    expect_sampled(sums, LEAF, 40);
    expect_self(sums, LEAF, 0);
    expect_self(sums, ROOT, 0.001);
}

static void takes_a_bias(void **state)
{
    static const double none = 0;
    struct sums sums[OTHER + 1];

    (void)state;
    price = 1;
    load_bias = &none;
    play_and_sum(play_leaves, always_six, sums);
    price = PRICE;
    load_bias = NULL;
    expect_sampled(sums, LEAF, 10);
    expect_self(sums, LEAF, 0.2); /* a timed call takes 7 ticks with its reading of the clock */
    expect_self(sums, ROOT, 0.4);
    assert_true(sums[LEAF].raw == sums[LEAF].self);
}

/* Returns the ticks of a call of getc(), for example: each 4,096th call refills a buffer. */
static uint64_t next_byte(uint64_t call)
{
    return call % 4096 == 4095 ? 8000 : 2;
}

static void bears_rare_long_calls(void **state)
{
    struct sums sums[OTHER + 1];

    (void)state;
    play_and_sum(play_many_leaves, next_byte, sums);
    expect_sampled(sums, LEAF, 40);
    expect_within_error(sums, LEAF, 2);
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
    expect_sampled(sums, LEAF, 40);
    expect_within_error(sums, LEAF, 2);
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
    expect_self(sums, LEAF, 0.1);
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
    expect_self(sums, LEAF, 0.2);
    play_and_sum(play_leaves, every_32nd, sums);
    expect_self(sums, LEAF, 0.2);
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
    assert_true(sums[LEAF].clocked > TIMES * (CALLS / 2 - CALLS / 20));
    expect_self(sums, LEAF, 0.1);
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
    assert_true(sums[LEAF].error < 0.01 * sums[LEAF].self);
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
    expect_self(sums, PARENT, 0.2);
    expect_self(sums, OTHER, 0.2);
    expect_self(sums, LEAF, 0.2);
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

/* Returns 1 if RECORD is one of LEAF. */
static int is_leaf(const struct profile *profile, const struct profile_record *record)
{
    return record->function != PROFILE_NONE &&
           profile->functions[record->function].offset == PLAY_ADDRESS + PLAY_STEP * LEAF;
}

static void adds_up_threads(void **state)
{
    struct profile profile = {0};
    uint64_t most = 0, most_clocked = 0, calls = 0, clocked = 0;
    int short_lived = 0;

    (void)state;
    play(play_threads, &short_lived, &profile);
    for (size_t i = 0; i < profile.record_count; i++) {
        const struct profile_record *record = &profile.records[i];

        if (!is_leaf(&profile, record))
            continue;
        calls += record->calls;
        clocked += record->clocked;
        if (record->calls > most) {
            most = record->calls;
            most_clocked = record->clocked;
        }
    }
    assert_int_equal(calls, THREADS * CALLS_OF_THREAD);
    assert_true(most > 10 * CALLS_OF_THREAD); /* several threads in one record */
    assert_in_range(most_clocked * calls, clocked * most / 2, clocked * most * 2);
    model_free(&profile);
}

static void adds_up_threads_that_become_hot(void **state)
{
    struct profile profile = {0};
    uint64_t calls = 0, clocked = 0;
    int short_lived = KEPT + 1;

    (void)state;
    play(play_threads, &short_lived, &profile);
    for (size_t i = 0; i < profile.record_count; i++)
        if (is_leaf(&profile, &profile.records[i])) {
            calls += profile.records[i].calls;
            clocked += profile.records[i].clocked;
        }
    assert_int_equal(calls, KEPT + 1 + (THREADS - KEPT - 1) * CALLS_OF_THREAD);
    assert_in_range(clocked, KEPT + 1, calls / 4);
    model_free(&profile);
}

/* Plays ROUNDS calls of each of FUNCTIONS functions. Fills SUM with those of all of them. */
static void sum_crowd(int functions, struct sums *sum)
{
    struct profile profile = {0};

    play(play_crowd, &functions, &profile);
    for (size_t i = 0; i < profile.record_count; i++) {
        const struct profile_record *record = &profile.records[i];

        if (record->function == PROFILE_NONE || profile.functions[record->function].offset == PLAY_ADDRESS)
            continue;
        sum->calls += record->calls;
        sum->clocked += record->clocked;
        sum->self += (double)profile_self(record);
    }
    model_free(&profile);
    assert_int_equal(sum->calls, (uint64_t)functions * ROUNDS);
}

static void is_thrifty_in_a_crowd(void **state)
{
    struct sums few = {0}, many = {0};

    (void)state;
    sum_crowd(10, &few);
    assert_true(few.clocked >= few.calls / 2); /* the first 32 of 64 */
    sum_crowd(CROWD, &many);
    assert_true(many.clocked < many.calls / 3);
    assert_true(fabs(many.self - 6.0 * (double)many.calls) < 0.1 * 6.0 * (double)many.calls);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("a function of constant time is estimated to 0.1 ticks a call, with few calls timed",
                   knows_a_constant),
        TEST_ALONE("a bias takes the place of the measured cost before times are found", takes_a_bias),
        TEST_ALONE("rare long calls of a short function are within the estimate's error",
                   bears_rare_long_calls),
        TEST_ALONE("the time of a function with two modes is within its error", knows_two_modes),
        TEST_ALONE("the estimate follows a function that becomes slower all the time", follows_a_drift),
        TEST_ALONE("periods in the program do not change the estimate", falls_in_step_with_nothing),
        TEST_ALONE("a function whose calls become long is timed at every call",
                   adapts_to_calls_that_become_long),
        TEST_ALONE("a function with long calls is timed exactly, at every call", times_all_long_calls),
        TEST_ALONE("sampled functions that call each other have their own self times", knows_nested_levels),
        TEST_ALONE("sampled recursive functions have their own self times", knows_recursion),
        TEST_ALONE("one long wait in a short function is not multiplied", leaves_a_wait_alone),
        TEST_ALONE("the self times of a thread add up to its time, to the tick", adds_up),
        TEST_ALONE("threads that are added up have the timed calls of all of them", adds_up_threads),
        TEST_ALONE("threads may be added up with others in which the functions were not hot",
                   adds_up_threads_that_become_hot),
        TEST_ALONE(
            "where very many functions are called, fewer calls of each are timed, and times stay right",
            is_thrifty_in_a_crowd),
    };

    if (play_options(argc, argv, "reads=2") != 0)
        return 1;
    truth = mmap(NULL, sizeof *truth, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (truth == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
