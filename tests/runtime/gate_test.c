/*
 * gate_test.c - tests pauses and resets while threads sleep and signal handlers interrupt hooks.
 *
 * accounting_test.c tests them in one thread, by scripts.
 */
#include "tests/runtime/play.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/gate.h"
#include "runtime/records/records.h"
#include "runtime/stack/frames.h"

enum function { MAIN, SLEEPER, INNER, HANDLER, TREE };

static const struct profile_record *record_of(const struct profile *profile, int function)
{
    const struct profile_record *found = NULL;

    for (size_t i = 0; i < profile->record_count; i++) {
        uint32_t index = profile->records[i].function;

        if (index != PROFILE_NONE && profile->functions[index].offset == (uint64_t)play_address(function)) {
            assert_null(found);
            found = &profile->records[i];
        }
    }
    assert_non_null(found);
    return found;
}

/* ---- threads ---- */

static pthread_barrier_t together;

static __attribute__((noinline)) void inner(uint64_t ticks)
{
    play_enter(INNER);
    settable_clock += ticks;
    play_leave(INNER);
}

/* Enters a call, sleeps until it is woken, and leaves the call. Calls inner() before, if ARGUMENT is not
 * NULL. */
static void *sleeper(void *argument)
{
    play_enter(SLEEPER);
    settable_clock += 5;
    pthread_barrier_wait(&together);
    pthread_barrier_wait(&together);
    if (argument != NULL)
        inner(2);
    play_leave(SLEEPER);
    return NULL;
}

static pthread_t sleeper_start(void *argument)
{
    pthread_t thread;

    pthread_barrier_init(&together, NULL, 2);
    pthread_create(&thread, NULL, sleeper, argument);
    pthread_barrier_wait(&together);
    return thread;
}

static void sleeper_end(pthread_t thread)
{
    pthread_barrier_wait(&together);
    pthread_join(thread, NULL);
}

static void main_calls(uint64_t ticks)
{
    play_enter(MAIN);
    settable_clock += ticks;
    play_leave(MAIN);
}

static void play_pause(void *argument)
{
    pthread_t thread = sleeper_start(argument);

    turn_pause(&gate, settable_clock);
    settable_clock += 1000;
    turn_resume(&gate);
    main_calls(30);
    sleeper_end(thread);
}

static void a_thread_sleeps_through_a_pause(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_pause, &profile, &profile);
    assert_int_equal(record_of(&profile, SLEEPER)->self, 5);
    assert_int_equal(record_of(&profile, SLEEPER)->inclusive, 5);
    assert_int_equal(record_of(&profile, INNER)->self, 2);
    assert_int_equal(profile.records[record_of(&profile, INNER)->parent].function, PROFILE_NONE);
    assert_int_equal(record_of(&profile, MAIN)->self, 30);
    for (size_t i = 0; i < profile.thread_count; i++) {
        assert_int_equal(profile.threads[i].unmatched + profile.threads[i].unwound, 0);
        assert_true(profile.threads[i].end - profile.threads[i].start < 1000);
    }
    model_free(&profile);
}

static void a_thread_sleeps_until_it_returns(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_pause, NULL, &profile);
    assert_int_equal(record_of(&profile, SLEEPER)->self, 5);
    model_free(&profile);
}

static void play_reset(void *argument)
{
    pthread_t thread = sleeper_start(argument);

    turn_add(&gate, IMAGE_TURN_RESET, settable_clock);
    settable_clock += 40;
    main_calls(30);
    sleeper_end(thread);
}

static void a_thread_sleeps_through_a_reset(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_reset, &profile, &profile);
    assert_int_equal(record_of(&profile, SLEEPER)->calls, 1);
    assert_int_equal(record_of(&profile, SLEEPER)->self, 70);
    assert_int_equal(record_of(&profile, SLEEPER)->inclusive, 72);
    assert_int_equal(record_of(&profile, INNER)->self, 2);
    assert_int_equal(record_of(&profile, MAIN)->self, 30);
    model_free(&profile);
}

static void play_reset_after(void *argument)
{
    sleeper_end(sleeper_start(argument));
    turn_add(&gate, IMAGE_TURN_RESET, settable_clock);
    main_calls(30);
}

static void a_thread_ends_before_a_reset(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_reset_after, &profile, &profile);
    assert_int_equal(profile.thread_count, 1);
    assert_int_equal(record_of(&profile, MAIN)->self, 30);
    model_free(&profile);
}

static void play_reset_of_samples(void *argument)
{
    struct thread *thread;

    (void)argument;
    main_calls(30);
    thread = thread_self();
    context_details(thread, image_at(thread->base, thread->shared->root))->samples = 100;
    turn_add(&gate, IMAGE_TURN_RESET, settable_clock);
    main_calls(30);
}

static void samples_before_a_reset(void **state)
{
    struct profile profile = {0};

    (void)state;
    play(play_reset_of_samples, NULL, &profile);
    assert_int_equal(record_of(&profile, MAIN)->calls, 1);
    assert_int_equal(profile.records[profile.threads[0].root].samples, 0);
    model_free(&profile);
}

/* ---- signal handlers ---- */

static volatile sig_atomic_t handled;
static volatile int is_done;

static __attribute__((noinline)) void tree(int depth)
{
    play_enter(TREE + depth % 2);
    if (depth > 0) {
        tree(depth - 1);
        tree(depth - 1);
    }
    play_leave(TREE + depth % 2);
}

/* Pauses and resumes, whatever it has interrupted. Its calls make the thread notice both. */
static void handler(int number)
{
    (void)number;
    turn_pause(&gate, settable_clock);
    main_calls(0);
    if (handled % 2 == 0)
        turn_add(&gate, IMAGE_TURN_RESET, settable_clock);
    turn_resume(&gate);
    main_calls(0);
    tree(2);
    __atomic_add_fetch(&handled, 1, __ATOMIC_RELEASE);
}

static void *sender(void *thread)
{
    enum { SIGNALS = 3000 };

    for (int sent = 0; sent < SIGNALS; sent++) {
        pthread_kill(*(pthread_t *)thread, SIGUSR1);
        while (__atomic_load_n(&handled, __ATOMIC_ACQUIRE) <= sent)
            sched_yield();
    }
    __atomic_store_n(&is_done, 1, __ATOMIC_RELEASE);
    return NULL;
}

/* Returns 1 if no function is active and the stack is empty. */
static int nothing_is_open(void)
{
    struct thread *thread = thread_self();

    for (uint32_t unit = context_next(thread->base, thread->shared->root); unit != 0;
         unit = context_next(thread->base, unit)) {
        const struct image_record *record = image_at(thread->base, unit);
        const struct image_function *function = image_at(thread->base, record->function);
        const struct image_edge *edge = image_at(thread->base, record->edge);

        if (function->outermost != 0 || edge->outermost != 0)
            return 0;
    }
    return stack_is_empty(thread);
}

static void play_signals(void *argument)
{
    pthread_t self = pthread_self(), other;

    (void)argument;
    main_calls(0);
    signal(SIGUSR1, handler);
    pthread_create(&other, NULL, sender, &self);
    while (!__atomic_load_n(&is_done, __ATOMIC_ACQUIRE))
        tree(6);
    pthread_join(other, NULL);
    main_calls(0);
    if (!nothing_is_open())
        _exit(1);
}

static void handlers_interrupt_hooks(void **state)
{
    struct profile profile = {0};

    (void)state;
#ifdef __SANITIZE_THREAD__ /* it runs handlers only in calls of libc, so they interrupt no hook */
    skip();
#endif
    play(play_signals, NULL, &profile);
    model_free(&profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("a thread that sleeps through a pause gets no time for it, and neither do its open calls",
                   a_thread_sleeps_through_a_pause),
        TEST_ALONE("a thread that sleeps through a pause and then returns from a call gets no time for it",
                   a_thread_sleeps_until_it_returns),
        TEST_ALONE("a thread that sleeps through a reset starts again at the instant of the reset",
                   a_thread_sleeps_through_a_reset),
        TEST_ALONE("a thread that ended before a reset is not in the profile", a_thread_ends_before_a_reset),
        TEST_ALONE("a reset forgets the samples that found the thread outside of all functions",
                   samples_before_a_reset),
        TEST_ALONE("pauses and resets in handlers that interrupt hooks leave no function active",
                   handlers_interrupt_hooks),
    };

    cmocka_set_skip_filter(getenv("TEST_SKIP")); /* make memcheck leaves out some tests */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
