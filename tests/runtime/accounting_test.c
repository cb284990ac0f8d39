/*
 * accounting_test.c - tests the counts and times of the hooks, by exact numbers and a settable clock.
 *
 * The expected figures come from a model of cProfile's rules (oracle.h).
 */
#include "tests/runtime/oracle.h"

#include <alloca.h>
#include <ucontext.h>

#include "runtime/gate/points.h"

static void a_call_is_counted_and_timed(void **state)
{
    (void)state;
    expect_script("a1b2.3b4.5.6");
}

static void direct_recursion(void **state)
{
    (void)state;
    expect_script("a1b1b2b3.4.5b6.7.8b9..");
}

static void mutual_recursion(void **state)
{
    (void)state;
    expect_script("a1b1c1b1c1..2.3.4c5b6c7.8.9..");
}

static void recursion_over_another_path(void **state)
{
    (void)state;
    /* The inner d is called on the path a b c, which has no d, but it is active. */
    expect_script("a1b1d1b1c1d1.2.3.4.5.6.7");
}

static void an_edge_nested_in_itself(void **state)
{
    (void)state;
    expect_script("a1b1c1a1b1c1.2.3.4.5.6.7b1.");
}

static void nothing_is_recorded_in_a_pause(void **state)
{
    (void)state;
    expect_script("a1b2.P5c6.7R8d9.");
}

static void a_pause_ends_open_calls(void **state)
{
    (void)state;
    expect_script("a1b2a3P4.5.R6c7.8.9d1.");
    expect_script("a1b1a1b1P1.1Rb1a1.1.1.1b1.1.");
    expect_script("a1b2P9R9.c1.2.");
}

static void a_pause_that_lasts(void **state)
{
    (void)state;
    expect_script("a1b2P3!");
    expect_script("a1b2P3");
    expect_script("a1b2P3c4.5.6");
    expect_script("a1b2P3R4P5R6");
}

/* Plays calls with a clock whose readings take 100 ticks. */
static void play_new_and_known(void *argument)
{
    (void)argument;
    settable_price = 100;
    play_enter(0);
    play_enter(1);
    play_leave(1);
    play_enter(2);
    play_leave(2);
    play_enter(2);
    play_leave(2);
    play_leave(0);
}

static void slow_paths_take_no_time(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_new_and_known, NULL, &profile);
    tally(&profile, &sums);
    /* One reading is the root's own, and each of its three calls has one. Each of its two new callees has one
     * more, by which the slow path leaves out its other readings. */
    assert_int_equal(sums.functions[0].self, 100 + 3 * 100 + 2 * 100);
    assert_int_equal(sums.functions[1].self, 100);
    assert_int_equal(sums.functions[2].self, 200);
    model_free(&profile);
}

static void a_reset_begins_anew(void **state)
{
    (void)state;
    expect_script("a1b2.Z3b4.5.");
    expect_script("a1b1a1b2Z3.4.5c6.a7.8.9.");
    expect_script("a1b2.3Z");
    expect_script("a1b2Z3!");
    expect_script("a1b1a1b2c3Z4!");
    expect_script("a1b2Z3");
    expect_script("a1a2b3b4Z5");
}

static void resets_and_pauses(void **state)
{
    (void)state;
    expect_script("a1b2P3Z4R5c6.7.8d9.");
    expect_script("a1b2Z3P4!");
    expect_script("a1b2P3Z4!");
    expect_script("a1b2P3Z4P5R6!");
    expect_script("a1b2Z3P4");
    expect_script("a1b2P3Z4");
    expect_script("a1bZ1PZR1PR1Z1P1Zc1.R1c1.");
}

static void point_set(struct point_list *list, int function)
{
    *list = (struct point_list){.addresses = {(uint64_t)play_address(function)}, .count = 1, .is_wanted = 1};
}

static void points_forget(void)
{
    points_start = points_stop = (struct point_list){.count = 0};
}

static void recording_starts_at_a_function(void **state)
{
    (void)state;
    point_set(&points_start, 1);
    expect_meaning("Pa1b2c3.4.5b6.7", "Pa1Rb2c3.4.P5Rb6.P7");
    expect_meaning("Pa1b2b3b4.5.6.7b8.9", "Pa1Rb2b3b4.5.6.P7Rb8.P9");
    expect_meaning("Pa1b2c3P4R5.6.7b8.9",
                   "Pa1Rb2c3P4R5.6.7b8.9"); /* resumed by request: does not end with b */
    points_forget();
}

static void recording_stops_at_a_function(void **state)
{
    (void)state;
    point_set(&points_stop, 2);
    expect_meaning("a1b2c3.4.5b6.7", "a1b2Pc3.4.5b6.7");
    point_set(&points_start, 1);
    expect_meaning("Pa1b2.3d4c5.6.7b8c9.1.2", "Pa1Rb2.3d4Pc5.6.7Rb8Pc9.1.2");
    points_forget();
}

static void expect_random_scripts(const char *requests)
{
    char script[4001] = "a."; /* without an event there is no image */

    for (uint32_t round = 0; round < 300; round++) {
        uint32_t seed = round;
        int count = 1 + (int)(next_random(&seed) % FUNCTIONS);

        random_script(script + 2, 40 + (int)(next_random(&seed) % 3900), count, requests, &seed);
        expect_script(script);
    }
}

static void random_call_trees(void **state)
{
    (void)state;
    expect_random_scripts(NULL);
}

static void random_pauses_and_resets(void **state)
{
    (void)state;
    expect_random_scripts("PRRZPRRZPRRZ!");
    expect_random_scripts("PRRZ");
}

/* ---- events that scripts cannot express ---- */

static jmp_buf back;
static volatile int jumping = 1; /* lets the compiler assume that the function may return */

__attribute__((noinline)) static void jump_from_depth(int function)
{
    volatile char frame[64];

    frame[0] = (char)function;
    play_enter(function);
    settable_clock += 1;
    if (function < 5)
        jump_from_depth(function + 1);
    else if (jumping)
        longjmp(back, 1);
    play_leave(frame[0]);
}

static void play_longjmp(void *argument)
{
    (void)argument;
    play_enter(0);
    if (setjmp(back) == 0)
        jump_from_depth(1);
    settable_clock += 10;
    play_script(NULL, "g3.");
    play_leave(0);
}

static void frames_jumped_over(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_longjmp, NULL, &profile);
    tally(&profile, &sums);
    for (int function = 0; function <= 6; function++)
        assert_int_equal(sums.functions[function].calls, 1);
    assert_int_equal(sums.functions[0].cumulative, 5 + 10 + 3);
    assert_int_equal(sums.functions[0].self, 10);
    assert_int_equal(sums.functions[1].cumulative, 5);
    assert_int_equal(sums.functions[5].self, 1);
    assert_int_equal(sums.edges[0][6].calls, 1);
    assert_int_equal(profile.threads[0].unwound, 5);
    assert_int_equal(profile.threads[0].open, 0);
    model_free(&profile);
}

__attribute__((noinline)) static void enter_then_allocate(int function, size_t size)
{
    volatile char *block;

    play_enter(function);
    settable_clock += 1;
    block = alloca(size);
    block[0] = 1;
    play_script(NULL, "c1.");
    play_leave(function);
}

static void play_alloca(void *argument)
{
    (void)argument;
    play_enter(0);
    enter_then_allocate(1, 5000);
    settable_clock += 1;
    play_leave(0);
}

static void alloca_between_entry_and_exit(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_alloca, NULL, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].cumulative, 3);
    assert_int_equal(sums.functions[0].self, 1);
    assert_int_equal(sums.functions[1].self, 1);
    assert_int_equal(sums.edges[1][2].calls, 1);
    assert_int_equal(profile.threads[0].unwound, 0);
    assert_int_equal(profile.threads[0].unmatched, 0);
    model_free(&profile);
}

static void play_unfinished(void *argument)
{
    (void)argument;
    play_enter(0);
    settable_clock += 1;
    play_enter(1);
    settable_clock += 2;
    play_enter(0);
    settable_clock += 4;
    exit(0);
}

static void open_frames_at_the_end(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_unfinished, NULL, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].calls, 2);
    assert_int_equal(sums.functions[0].primitive, 1);
    assert_int_equal(sums.functions[0].cumulative, 7);
    assert_int_equal(sums.functions[0].self, 1 + 4);
    assert_int_equal(sums.functions[1].cumulative, 6);
    assert_int_equal(sums.edges[1][0].cumulative, 4);
    assert_int_equal(sums.edges[1][0].primitive, 1);
    assert_int_equal(profile.threads[0].open, 3);
    model_free(&profile);
}

static void play_stray_exits(void *argument)
{
    (void)argument;
    play_leave(3);
    play_enter(0);
    settable_clock += 1;
    play_leave(3);
    play_leave(0);
    play_leave(0);
}

static void exits_without_entry(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_stray_exits, NULL, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].calls, 1);
    assert_int_equal(sums.functions[0].self, 1);
    assert_int_equal(sums.functions[3].calls, 0);
    assert_int_equal(profile.threads[0].unmatched, 2);
    model_free(&profile);
}

__attribute__((noinline)) static void recurse(int depth)
{
    play_enter(1);
    settable_clock += 1;
    if (depth > 1)
        recurse(depth - 1);
    play_leave(1);
}

static void play_deep(void *argument)
{
    (void)argument;
    play_enter(0);
    recurse(10000);
    recurse(10000);
    play_leave(0);
}

static void recursion_over_many_segments(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_deep, NULL, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[1].calls, 20000);
    assert_int_equal(sums.functions[1].primitive, 2);
    assert_int_equal(sums.functions[1].self, 20000);
    assert_int_equal(sums.functions[1].cumulative, 20000);
    assert_int_equal(sums.functions[0].cumulative, 20000);
    assert_int_equal(sums.functions[0].self, 0);
    assert_int_equal(profile.record_count, 4); /* the root, 0, 1 from 0, and 1 from itself */
    model_free(&profile);
}

static ucontext_t home, away;
static char away_stack[64 * 1024];

/* Runs on another stack: passes 5 ticks, switches home, and passes 3 more. */
static void play_away(void)
{
    play_enter(1);
    settable_clock += 5;
    swapcontext(&away, &home);
    play_enter(2);
    settable_clock += 3;
    play_leave(2);
    play_leave(1);
}

static void play_contexts(void *argument)
{
    (void)argument;
    getcontext(&away);
    away.uc_stack.ss_sp = away_stack;
    away.uc_stack.ss_size = sizeof away_stack;
    away.uc_link = &home;
    makecontext(&away, play_away, 0);
    play_enter(0);
    settable_clock += 1;
    swapcontext(&home, &away);
    settable_clock += 100;
    play_enter(1);
    settable_clock += 1000;
    play_leave(1);
    swapcontext(&home, &away);
    settable_clock += 10000;
    play_leave(0);
}

static void contexts(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_contexts, NULL, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].self, 1 + 100 + 10000);
    assert_int_equal(sums.functions[0].cumulative, 1 + 100 + 1000 + 10000);
    assert_int_equal(sums.functions[1].calls, 2);
    assert_int_equal(sums.functions[1].primitive, 2); /* it is active on another stack only */
    assert_int_equal(sums.functions[1].self, 5 + 1000);
    assert_int_equal(sums.functions[1].cumulative, 8 + 1000);
    assert_int_equal(sums.edges[0][1].calls, 1);
    assert_int_equal(sums.edges[FUNCTIONS][1].calls, 1);
    assert_int_equal(sums.edges[1][2].cumulative, 3);
    model_free(&profile);
}

static void play_suspended_at_the_end(void *argument)
{
    (void)argument;
    getcontext(&away);
    away.uc_stack.ss_sp = away_stack;
    away.uc_stack.ss_size = sizeof away_stack;
    makecontext(&away, play_away, 0);
    play_enter(0);
    swapcontext(&home, &away);
    settable_clock += 100;
    exit(0);
}

static void suspended_at_the_end(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_suspended_at_the_end, NULL, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].cumulative, 100);
    assert_int_equal(sums.functions[1].cumulative, 5);
    model_free(&profile);
}

#define SENTENCE(text, function)                                                                             \
    {                                                                                                        \
        .name = (text), .test_func = (function)                                                              \
    }

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("a call is counted and timed, and its time is not in its caller's self time",
                 a_call_is_counted_and_timed),
        SENTENCE("direct recursion is counted as by cProfile", direct_recursion),
        SENTENCE("mutual recursion is counted as by cProfile", mutual_recursion),
        SENTENCE("a call of a function that is active on another path is recursive",
                 recursion_over_another_path),
        SENTENCE("an edge that is nested in itself sums the times of its outermost calls only",
                 an_edge_nested_in_itself),
        SENTENCE("300 random call trees agree with the model, by function and by edge", random_call_trees),
        SENTENCE("in a pause nothing is counted or timed", nothing_is_recorded_in_a_pause),
        SENTENCE("a pause ends open calls, and their later returns change nothing", a_pause_ends_open_calls),
        SENTENCE("a thread without an event after a pause has ended at the start of the pause",
                 a_pause_that_lasts),
        SENTENCE("the time that making a record takes is in no function", slow_paths_take_no_time),
        SENTENCE("a reset zeroes the figures, and open calls start again", a_reset_begins_anew),
        SENTENCE("resets in pauses and pauses after resets agree with the model", resets_and_pauses),
        SENTENCE("recording starts at a function, and stops when it has returned",
                 recording_starts_at_a_function),
        SENTENCE("recording stops before a function is entered", recording_stops_at_a_function),
        SENTENCE("300 random call trees with pauses and resets agree with the model",
                 random_pauses_and_resets),
        SENTENCE("frames that longjmp jumps over end at the instant of the jump", frames_jumped_over),
        SENTENCE("alloca between entry and exit does not disturb the stack of calls",
                 alloca_between_entry_and_exit),
        SENTENCE("calls that are open when the process ends have their time up to the end",
                 open_frames_at_the_end),
        SENTENCE("exits without an entry are counted apart and change nothing", exits_without_entry),
        SENTENCE("a suspended stack gets no time, and has its own active functions", contexts),
        SENTENCE("a stack that is suspended at the end has the time up to its suspension",
                 suspended_at_the_end),
        SENTENCE("10,000 levels of recursion fold into one record", recursion_over_many_segments),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    cmocka_set_skip_filter(getenv("TEST_SKIP")); /* make memcheck leaves out some tests */
    return cmocka_run_group_tests_name("accounting", tests, NULL, NULL);
}
