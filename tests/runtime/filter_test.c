/*
 * filter_test.c - tests the counts and times of the hooks with filters, by exact numbers and a settable
 * clock.
 *
 * The expected figures come from the model of oracle.h, which leaves out the calls that a filter leaves out.
 */
#include "tests/runtime/oracle.h"

#include <pthread.h>
#include <signal.h>

#include "runtime/gate/filter.h"
#include "runtime/hooks/start.h"

static void choose(struct filter_settings settings, unsigned excluded)
{
    settings.has_patterns = 1;
    filter_choose(&settings);
    for (int function = 0; function < FUNCTIONS; function++)
        if (excluded >> function & 1)
            filter_set(process_start(), (uint64_t)play_address(function), FILTER_EXCLUDED);
}

struct scene {
    const char *script;
    struct filter_settings settings;
    unsigned excluded;
};

static void play_scene(void *argument)
{
    const struct scene *scene = argument;

    choose(scene->settings, scene->excluded);
    play_script(NULL, scene->script);
}

static void expect_scene(struct scene scene)
{
    struct oracle *oracle = calloc(1, sizeof *oracle);
    struct profile profile = {0};

    oracle->excluded = scene.excluded;
    oracle->deepest = (int)scene.settings.depth;
    play_script(oracle, scene.script);
    play(play_scene, &scene, &profile);
    expect_as_oracle(&profile, oracle);
    for (size_t i = 0; i < profile.thread_count; i++) {
        assert_int_equal(profile.threads[i].unwound, 0);
        assert_int_equal(profile.threads[i].unmatched, 0);
    }
    model_free(&profile);
    free(oracle);
}

/* Returns the bit of the function that scripts call LETTER. */
#define FUNCTION(letter) (1U << ((letter) - 'a'))

static void time_of_an_excluded_function(void **state)
{
    (void)state;
    expect_scene((struct scene){.script = "a1b2c3.4.5b6.7.", .excluded = FUNCTION('b')});
}

static void recursion_through_an_excluded_function(void **state)
{
    (void)state;
    expect_scene((struct scene){.script = "a1b2b3a4b5c6.7a8.9..1.2.3.4.", .excluded = FUNCTION('b')});
    expect_scene((struct scene){.script = "b2b3a4b5a6.7b8.9..1.2.3.4.", .excluded = FUNCTION('b')});
}

static void calls_beyond_the_depth(void **state)
{
    (void)state;
    for (uint32_t depth = 1; depth <= 5; depth++)
        expect_scene((struct scene){.script = "a1b2c3d4e5.6.7.8c9.1.2", .settings.depth = depth});
}

static void recursion_beyond_the_depth(void **state)
{
    (void)state;
    for (uint32_t depth = 1; depth <= 6; depth++)
        expect_scene((struct scene){.script = "a1a2b3a4a5b6.7.8.9.1b2a3.4.5.6", .settings.depth = depth});
}

static void random_call_trees(void **state)
{
    char script[2001];

    (void)state;
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t seed = round;
        int count = 1 + (int)(next_random(&seed) % FUNCTIONS);
        unsigned excluded = next_random(&seed) & next_random(&seed);
        uint32_t depth = next_random(&seed) % 3 == 0 ? 0 : 1 + next_random(&seed) % 12;

        random_script(script, 40 + (int)(next_random(&seed) % 1900), count, NULL, &seed);
        expect_scene((struct scene){script, {.depth = depth}, excluded});
    }
}

/* ---- longjmp ---- */

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

static void play_jumps(void *argument)
{
    const struct scene *scene = argument;

    choose(scene->settings, scene->excluded);
    play_enter(0);
    for (volatile int i = 0; i < 3; i++) {
        if (setjmp(back) == 0)
            jump_from_depth(1);
        settable_clock += 10;
        play_script(NULL, "g3.");
    }
    play_leave(0);
}

static void jumps_over_what_is_left_out(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_jumps, &(struct scene){.excluded = FUNCTION('c') | FUNCTION('f')}, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].cumulative, 3 * (5 + 10 + 3));
    assert_int_equal(sums.functions[0].self, 3 * 10);
    assert_int_equal(sums.functions[1].self, 3 * 2);
    assert_int_equal(sums.functions[2].calls, 0);
    assert_int_equal(sums.edges[1][3].calls, 3);
    assert_int_equal(sums.functions[4].self, 3 * 2);
    assert_int_equal(profile.threads[0].unwound, 3 * 3);
    model_free(&profile);
}

static void jumps_from_beyond_the_depth(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_jumps, &(struct scene){.settings.depth = 3}, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].self, 3 * 10);
    assert_int_equal(sums.functions[1].self, 3 * 1);
    assert_int_equal(sums.functions[2].self, 3 * 4);
    assert_int_equal(sums.functions[3].calls, 0);
    assert_int_equal(sums.functions[6].calls, 3);
    assert_int_equal(profile.threads[0].unwound, 3 * 2);
    assert_int_equal(profile.threads[0].open, 0);
    model_free(&profile);
}

/* ---- the end ---- */

static void play_unfinished(void *argument)
{
    const struct scene *scene = argument;

    choose(scene->settings, scene->excluded);
    for (int function = 0; function < 4; function++) {
        play_enter(function);
        settable_clock += 1;
    }
    exit(0);
}

static void open_frames_at_the_end(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_unfinished, &(struct scene){.settings.depth = 2, .excluded = FUNCTION('b')}, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].self, 2);
    assert_int_equal(sums.functions[2].self, 2);
    assert_int_equal(sums.functions[0].cumulative, 4);
    assert_int_equal(sums.functions[1].calls + sums.functions[3].calls, 0);
    assert_int_equal(profile.threads[0].open, 2);
    model_free(&profile);
}

/* ---- a signal handler on an alternate stack ---- */

static void handle(int number)
{
    (void)number;
    play_script(NULL, "c3d4..");
}

static void play_signal(void *argument)
{
    const struct scene *scene = argument;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ};

    choose(scene->settings, scene->excluded);
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    play_enter(0);
    play_enter(1);
    settable_clock += 1;
    raise(SIGUSR1);
    play_leave(1);
    play_leave(0);
}

static void depth_of_a_signal_handler(void **state)
{
    struct profile profile = {0};

    (void)state;
    for (uint32_t depth = 1; depth <= 4; depth++) {
        struct oracle oracle = {.deepest = (int)depth};

        play_script(&oracle, "ab1c3d4....");
        play(play_signal, &(struct scene){.settings.depth = depth}, &profile);
        expect_as_oracle(&profile, &oracle);
        model_free(&profile);
    }
}

/* ---- threads ---- */

enum { THREADS = 4 };

static void *play_in_thread(void *argument)
{
    play_script(NULL, argument);
    return NULL;
}

static void play_threads(void *argument)
{
    const struct scene *scene = argument;
    pthread_t threads[THREADS];

    choose(scene->settings, scene->excluded);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, play_in_thread, (void *)(uintptr_t)scene->script);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void each_thread_leaves_out_the_same(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_threads,
         &(struct scene){.script = "abcd..bd...ab....", .settings.depth = 3, .excluded = FUNCTION('b')},
         &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].calls, THREADS * 2);
    assert_int_equal(sums.functions[1].calls, 0);
    assert_int_equal(sums.edges[0][2].calls, THREADS);
    assert_int_equal(sums.edges[2][3].calls, THREADS);
    assert_int_equal(sums.edges[0][3].calls, THREADS);
    model_free(&profile);
}

/* ---- throttling ---- */

static void play_throttled(void *argument)
{
    (void)argument;
    choose((struct filter_settings){.throttle_calls = 10, .throttle_ns = 3}, 0);
    play_enter(0);
    for (int i = 0; i < 30; i++)
        play_script(NULL, "b2.c4.");
    play_leave(0);
}

static void a_short_hot_function_is_throttled(void **state)
{
    struct oracle sums = {0};
    struct profile profile = {0};

    (void)state;
    play(play_throttled, NULL, &profile);
    tally(&profile, &sums);
    assert_int_equal(sums.functions[0].cumulative, 30 * 6);
    assert_in_range(sums.functions[1].calls, 10,
                    12); /* the slow path leaves the first, and ignores its time */
    assert_int_equal(sums.functions[1].self, 2 * sums.functions[1].calls);
    assert_int_equal(sums.functions[0].self, 2 * (30 - sums.functions[1].calls));
    assert_int_equal(sums.functions[2].calls, 30);
    model_free(&profile);
}

/* Function b calls itself, and has open calls when it is throttled. */
static const char recursion[] =
    "a1b1a1b1b1c1.1b1.b1.b1.b1.b1.b1.b1.b1.b1.b1.b1.b1.b1.b1.b1.1.1.1.1.1b5.2b5.a1b5..";

static void play_throttled_recursion(void *argument)
{
    choose((struct filter_settings){.throttle_calls = 10, .throttle_ns = 3}, 0);
    play_script(NULL, argument);
}

static void open_activations_of_a_throttled_function(void **state)
{
    struct oracle *all = calloc(1, sizeof *all), *sums = calloc(1, sizeof *sums);
    struct profile profile = {0};

    (void)state;
    play_script(all, recursion);
    play(play_throttled_recursion, (void *)(uintptr_t)recursion, &profile);
    tally(&profile, sums);
    assert_int_equal(profile.threads[0].unmatched, 0);
    assert_int_equal(profile.threads[0].unwound, 0);
    assert_int_equal(profile.threads[0].open, 0);
    assert_int_equal(sums->functions[0].cumulative, all->functions[0].cumulative);
    assert_int_equal(sums->functions[1].calls, all->functions[1].calls - 3); /* the three last calls of b */
    assert_int_equal(sums->functions[1].self, all->functions[1].self - 3 * 5);
    assert_int_equal(sums->functions[0].self, all->functions[0].self + 3 * 5);
    model_free(&profile);
    free(all);
    free(sums);
}

static int setup(void **state)
{
    (void)state;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST("an excluded function has no calls, and its caller gets its time and its callees",
             time_of_an_excluded_function),
        TEST("recursion through an excluded function is counted as without that function",
             recursion_through_an_excluded_function),
        TEST("calls beyond the depth have no records, and the deepest recorded call gets their time",
             calls_beyond_the_depth),
        TEST("recursion beyond the depth is counted by activations, and returns to the recorded caller",
             recursion_beyond_the_depth),
        TEST("300 random call trees, excluded functions and depths agree with the model", random_call_trees),
        TEST("longjmp over excluded functions leaves those that are recorded", jumps_over_what_is_left_out),
        TEST("longjmp from beyond the depth leaves those that are recorded", jumps_from_beyond_the_depth),
        TEST("calls that are open at the end have their time, and that of callees that are left out",
             open_frames_at_the_end),
        TEST("the depth of a signal handler goes on from the interrupted call, also on an alternate stack",
             depth_of_a_signal_handler),
        TEST("every thread leaves out the excluded functions", each_thread_leaves_out_the_same),
        TEST("a short and hot function is no longer recorded, and its caller gets its time",
             a_short_hot_function_is_throttled),
        TEST("calls that are open when their function is throttled end like others",
             open_activations_of_a_throttled_function),
    };

    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
