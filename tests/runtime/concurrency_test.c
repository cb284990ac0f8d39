/*
 * concurrency_test.c - tests the hooks in many threads at once, by exact counts.
 *
 * `make tsan` runs it under ThreadSanitizer. Each case plays its events in a forked child, which thus has its
 * own image, and checks the loaded image. The functions are made-up addresses. The clock stands still,
 * because only counts are tested.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "runtime/core/thread.h"
#include "runtime/hooks/hooks.h"
#include "runtime/records/records.h"
#include "tests/lib/load_profile.h"

void __cyg_profile_func_enter(void *function, void *call_site);
void __cyg_profile_func_exit(void *function, void *call_site);

uint64_t settable_clock = 1000, settable_price;

enum { THREADS = 8, FIRST_ADDRESS = 0x1000, STEP = 16 };

static void *address(int function)
{
    return (void *)(uintptr_t)(FIRST_ADDRESS + STEP * (uint64_t)function);
}

static void enter(int function)
{
    __cyg_profile_func_enter(address(function), NULL);
}

static void leave(int function)
{
    __cyg_profile_func_exit(address(function), NULL);
}

/* Calls FUNCTION, which calls the next one twice, DEPTH levels down. So level i has 2^i calls. */
static void call_tree(int function, int depth)
{
    enter(function);
    if (depth > 0) {
        call_tree(function + 1, depth - 1);
        call_tree(function + 1, depth - 1);
    }
    leave(function);
}

/* ---- in the child ---- */

/* The child's counts, in memory that it shares with its parent. */
static struct tally {
    uint64_t called;  /* call trees */
    uint64_t handled; /* signals */
    pid_t child[64];
    int children;
} * tally;

static pthread_barrier_t together;
static int done;

static int is_done(void)
{
    return __atomic_load_n(&done, __ATOMIC_RELAXED);
}

static void finish(void)
{
    __atomic_store_n(&done, 1, __ATOMIC_RELAXED);
}

static void require(int condition)
{
    if (!condition)
        abort();
}

static void start(pthread_t *threads, size_t count, void *(*body)(void *))
{
    for (size_t i = 0; i < count; i++)
        require(pthread_create(&threads[i], NULL, body, (void *)i) == 0);
}

static void join(const pthread_t *threads, size_t count)
{
    for (size_t i = 0; i < count; i++)
        require(pthread_join(threads[i], NULL) == 0);
}

static void run(size_t count, void *(*body)(void *))
{
    pthread_t threads[THREADS];

    start(threads, count, body);
    join(threads, count);
}

/* ---- in the parent ---- */

static pid_t child_start(void (*play)(void))
{
    pid_t child;

    memset(tally, 0, sizeof *tally);
    child = fork();
    if (child == 0) {
        play();
        _exit(0);
    }
    return child;
}

static void child_end(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void image_load_of(pid_t child, struct profile *profile)
{
    struct message message = {""};
    char path[64];

    memset(profile, 0, sizeof *profile);
    snprintf(path, sizeof path, "profile.%d.prof", (int)child);
    if (load_profile(profile, path, &message) != 0)
        fail_msg("%s", message.text);
    unlink(path);
}

/* Plays PLAY in a child and loads its profile. Fails if an event was lost or did not match. */
static void record(void (*play)(void), struct profile *profile)
{
    pid_t child = child_start(play);

    child_end(child);
    image_load_of(child, profile);
    for (size_t i = 0; i < profile->thread_count; i++) {
        assert_int_equal(profile->threads[i].lost, 0);
        assert_int_equal(profile->threads[i].unmatched, 0);
        assert_int_equal(profile->threads[i].unwound, 0);
    }
}

static uint64_t calls(const struct profile *profile, uint64_t offset)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < profile->record_count; i++)
        if (profile->records[i].function != PROFILE_NONE &&
            profile->functions[profile->records[i].function].offset == offset)
            sum += profile->records[i].calls;
    return sum;
}

static uint64_t calls_of(const struct profile *profile, int function)
{
    return calls(profile, FIRST_ADDRESS + STEP * (uint64_t)function);
}

static uint64_t threads_in(const struct profile *profile)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < profile->thread_count; i++)
        sum += profile->threads[i].count;
    return sum;
}

/* Fails unless PROFILE has the counts of TIMES calls of call_tree(FUNCTION, DEPTH). */
static void expect_trees(const struct profile *profile, int function, int depth, uint64_t times)
{
    for (int level = 0; level <= depth; level++)
        assert_int_equal(calls_of(profile, function + level), times << level);
}

/* ---- at once ---- */

enum { TREES = 40, DEPTH = 6, ROUNDS = 20 };

static void *many_trees(void *argument)
{
    pthread_barrier_wait(&together);
    for (int round = 0; round < ROUNDS; round++)
        for (int tree = 0; tree < TREES; tree++)
            call_tree(tree * (DEPTH + 1), DEPTH);
    return argument;
}

static void play_at_once(void)
{
    pthread_barrier_init(&together, NULL, THREADS);
    run(THREADS, many_trees);
}

static void threads_at_once(void **state)
{
    struct profile profile;

    (void)state;
    record(play_at_once, &profile);
    for (int tree = 0; tree < TREES; tree++)
        expect_trees(&profile, tree * (DEPTH + 1), DEPTH, THREADS * ROUNDS);
    assert_int_equal(profile.thread_count, THREADS);
    model_free(&profile);
}

/* ---- more threads than are kept ---- */

enum { WAVES = 300, KEPT = 1000 };

/* Adds a sample that found the thread outside of all functions. */
static void sample_outside(void)
{
    struct thread *thread = thread_self();

    context_details(thread, image_at(thread->base, thread->shared->root))->samples++;
}

static void *short_life(void *number)
{
    if ((size_t)number % 2 == 0)
        pthread_setname_np(pthread_self(), "even");
    call_tree((size_t)number % 2 == 0 ? 0 : 1, 3);
    sample_outside();
    return NULL;
}

static void play_waves(void)
{
    for (int wave = 0; wave < WAVES; wave++)
        run(THREADS, short_life);
}

static uint64_t samples_outside(const struct profile *profile)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < profile->thread_count; i++)
        sum += profile->records[profile->threads[i].root].samples;
    return sum;
}

static void threads_beyond_those_kept(void **state)
{
    struct profile profile;

    (void)state;
    record(play_waves, &profile);
    assert_int_equal(calls_of(&profile, 0), WAVES * THREADS / 2);
    for (int function = 1; function <= 3; function++)
        assert_int_equal(calls_of(&profile, function),
                         WAVES * THREADS / 2 * ((1 << function) + (1 << (function - 1))));
    assert_int_equal(calls_of(&profile, 4), WAVES * THREADS / 2 * 8);
    assert_int_equal(threads_in(&profile), WAVES * THREADS);
    assert_int_equal(samples_outside(&profile), WAVES * THREADS);
    assert_in_range(profile.thread_count, KEPT, KEPT + 2 + THREADS);
    model_free(&profile);
}

/* ---- coroutines ---- */

enum { COROUTINES = 4, TURNS = 50 };

struct coroutines {
    ucontext_t home, contexts[COROUTINES];
    char stacks[COROUTINES][64 * 1024];
};

static __thread struct coroutines *coroutines;

static void coroutine(int number)
{
    enter(10 + number);
    for (int turn = 0; turn < TURNS; turn++) {
        call_tree(20, 2);
        swapcontext(&coroutines->contexts[number], &coroutines->home);
    }
    leave(10 + number);
}

static void *switches(void *argument)
{
    coroutines = calloc(1, sizeof *coroutines);
    require(coroutines != NULL);
    for (int i = 0; i < COROUTINES; i++) {
        ucontext_t *context = &coroutines->contexts[i];

        getcontext(context);
        context->uc_stack.ss_sp = coroutines->stacks[i];
        context->uc_stack.ss_size = sizeof coroutines->stacks[i];
        context->uc_link = &coroutines->home;
        makecontext(context, (void (*)(void))coroutine, 1, i);
    }
    pthread_barrier_wait(&together);
    enter(0);
    for (int turn = 0; turn <= TURNS; turn++)
        for (int i = 0; i < COROUTINES; i++) {
            enter(1);
            swapcontext(&coroutines->home, &coroutines->contexts[i]);
            leave(1);
        }
    leave(0);
    free(coroutines);
    return argument;
}

static void play_coroutines(void)
{
    pthread_barrier_init(&together, NULL, THREADS);
    run(THREADS, switches);
}

static void coroutines_in_threads(void **state)
{
    struct profile profile;

    (void)state;
    record(play_coroutines, &profile);
    assert_int_equal(calls_of(&profile, 0), THREADS);
    assert_int_equal(calls_of(&profile, 1), THREADS * COROUTINES * (TURNS + 1));
    for (int i = 0; i < COROUTINES; i++)
        assert_int_equal(calls_of(&profile, 10 + i), THREADS);
    expect_trees(&profile, 20, 2, THREADS * COROUTINES * TURNS);
    model_free(&profile);
}

/* ---- libraries that come and go ---- */

enum { LOADERS = 2, LOADS = 150 };

/* Copies the plugin to a file for loader NUMBER. Two loaders of one file would share the loaded library. */
static void plugin_copy(size_t number, char *path, size_t size)
{
    struct message message = {""};
    unsigned char *data;
    char from[PATH_MAX];
    size_t length;
    FILE *file;

    snprintf(from, sizeof from, "%s/plugin.so", getenv("TEST_BIN"));
    snprintf(path, size, "./plugin%zu.so", number);
    require(file_read(from, &data, &length, &message) == 0);
    file = fopen(path, "w");
    require(file != NULL);
    require(fwrite(data, 1, length, file) == length && fclose(file) == 0);
    free(data);
}

static void *loads(void *number)
{
    char path[64];

    plugin_copy((size_t)number, path, sizeof path);
    for (int i = 0; i < LOADS; i++) {
        void *library = dlopen(path, RTLD_NOW);
        void *function = library != NULL ? dlsym(library, "plugin_function") : NULL;

        require(function != NULL);
        __cyg_profile_func_enter(function, NULL);
        call_tree(0, 1);
        __cyg_profile_func_exit(function, NULL);
        require(dlclose(library) == 0);
    }
    unlink(path);
    return NULL;
}

/* Calls functions until it is told to stop. Every 16th call tree has new functions. */
static void *calls_on(void *number)
{
    uint64_t trees = 0;

    pthread_barrier_wait(&together);
    for (; !is_done(); trees++)
        call_tree(100 + (int)(size_t)number * 10000 + (int)(trees / 16 % 5000), 1);
    __atomic_fetch_add(&tally->called, trees, __ATOMIC_RELAXED);
    return NULL;
}

static void play_loads(void)
{
    pthread_t callers[THREADS], loaders[LOADERS];

    pthread_barrier_init(&together, NULL, 3);
    start(callers, 2, calls_on);
    pthread_barrier_wait(&together);
    start(loaders, LOADERS, loads);
    join(loaders, LOADERS);
    finish();
    join(callers, 2);
}

static uint64_t calls_in_modules(const struct profile *profile)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < profile->record_count; i++) {
        uint32_t function = profile->records[i].function;

        if (function != PROFILE_NONE && profile->functions[function].module != PROFILE_NONE)
            sum += profile->records[i].calls;
    }
    return sum;
}

static uint64_t calls_in_range(const struct profile *profile, int first, int last)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < profile->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        if (record->function != PROFILE_NONE && profile->functions[record->function].module == PROFILE_NONE &&
            profile->functions[record->function].offset >= (uintptr_t)address(first) &&
            profile->functions[record->function].offset <= (uintptr_t)address(last))
            sum += record->calls;
    }
    return sum;
}

static void libraries_that_come_and_go(void **state)
{
    struct profile profile;

    (void)state;
    record(play_loads, &profile);
    assert_int_equal(calls_in_modules(&profile), LOADERS * LOADS);
    expect_trees(&profile, 0, 1, LOADERS * LOADS);
    assert_int_equal(calls_in_range(&profile, 100, INT_MAX / STEP), 3 * tally->called);
    model_free(&profile);
}

static ucontext_t home, away;
static char away_stack[64 * 1024];
static void *function_gone;

static void play_away(void)
{
    enter(1);
    for (;;) {
        __cyg_profile_func_enter(function_gone, NULL);
        __cyg_profile_func_exit(function_gone, NULL);
        swapcontext(&away, &home);
    }
}

static void play_gone(void)
{
    char path[64];
    void *library;

    plugin_copy(0, path, sizeof path);
    require((library = dlopen(path, RTLD_NOW)) != NULL);
    require((function_gone = dlsym(library, "plugin_function")) != NULL);
    getcontext(&away);
    away.uc_stack.ss_sp = away_stack;
    away.uc_stack.ss_size = sizeof away_stack;
    makecontext(&away, play_away, 0);
    enter(0);
    swapcontext(&home, &away);
    require(dlclose(library) == 0);
    unlink(path);
    swapcontext(&home, &away);
    leave(0);
}

static void a_library_gone_while_suspended(void **state)
{
    struct profile profile;
    pid_t child = child_start(play_gone);

    (void)state;
    child_end(child);
    image_load_of(child, &profile);
    assert_int_equal(calls_in_modules(&profile), 1);
    assert_int_equal(profile.record_count, 2 + 1 + 3); /* two roots, 0, 1, and one address as two functions */
    model_free(&profile);
}

/* ---- forks while threads call ---- */

enum { FORKS = 40 };

static void fork_one(void)
{
    pid_t child;
    int status;

    enter(1);
    child = fork();
    if (child == 0) {
        call_tree(10, 3);
        _exit(0);
    }
    require(waitpid(child, &status, 0) == child && status == 0);
    leave(1);
    require((size_t)tally->children < sizeof tally->child / sizeof *tally->child);
    tally->child[tally->children++] = child;
}

static void play_forks(void)
{
    pthread_t callers[3];

    pthread_barrier_init(&together, NULL, 4);
    start(callers, 3, calls_on);
    pthread_barrier_wait(&together);
    enter(0);
    for (int i = 0; i < FORKS; i++)
        fork_one();
    leave(0);
    finish();
    join(callers, 3);
}

static void forks_while_threads_call(void **state)
{
    struct profile profile;

    (void)state;
    record(play_forks, &profile);
    assert_int_equal(calls_of(&profile, 0), 1);
    assert_int_equal(calls_of(&profile, 1), FORKS);
    assert_int_equal(calls_in_range(&profile, 100, INT_MAX / STEP), 3 * tally->called);
    assert_int_equal(profile.thread_count, 4);
    model_free(&profile);
    assert_int_equal(tally->children, FORKS);
    for (int i = 0; i < FORKS; i++) {
        image_load_of(tally->child[i], &profile);
        expect_trees(&profile, 10, 3, 1);
        assert_int_equal(calls_of(&profile, 1), 0); /* its path, which only the parent counts */
        assert_int_equal(profile.thread_count, 1);
        assert_int_equal(profile.record_count, 1 + 2 + 4);
        model_free(&profile);
    }
}

/* ---- signals that interrupt the hooks ---- */

enum { SIGNALLED = 3, SIGNALS = 1000 };

static void handle(int number)
{
    (void)number;
    call_tree(50, 2);
    __atomic_fetch_add(&tally->handled, 1, __ATOMIC_RELAXED);
}

static void play_signals(void)
{
    pthread_t callers[SIGNALLED];
    struct sigaction action = {.sa_handler = handle};

    sigaction(SIGUSR1, &action, NULL);
    pthread_barrier_init(&together, NULL, SIGNALLED + 1);
    start(callers, SIGNALLED, calls_on);
    pthread_barrier_wait(&together);
    for (int i = 0; i < SIGNALS; i++) {
        for (int j = 0; j < SIGNALLED; j++)
            require(pthread_kill(callers[j], SIGUSR1) == 0);
        usleep(50);
    }
    finish();
    join(callers, SIGNALLED);
}

static void signals_in_the_hooks(void **state)
{
    struct profile profile;

    (void)state;
    record(play_signals, &profile);
    assert_in_range(tally->handled, SIGNALLED, SIGNALLED * SIGNALS);
    expect_trees(&profile, 50, 2, tally->handled);
    assert_int_equal(calls_in_range(&profile, 100, INT_MAX / STEP), 3 * tally->called);
    model_free(&profile);
}

/* ---- the end of the process, while threads call and change their names ---- */

static void *calls_for_ever(void *argument)
{
    pthread_barrier_wait(&together);
    for (;;) {
        call_tree(0, 3);
        __atomic_fetch_add(&tally->called, 1, __ATOMIC_RELAXED);
        pthread_setname_np(pthread_self(), "for ever");
    }
    return argument;
}

static void play_end(void)
{
    pthread_t callers[3];

    pthread_barrier_init(&together, NULL, 4);
    start(callers, 3, calls_for_ever);
    pthread_barrier_wait(&together);
    enter(10);
    usleep(20000);
    exit(0);
}

static void an_end_while_threads_call(void **state)
{
    struct profile profile;

    (void)state;
    record(play_end, &profile);
    assert_int_equal(profile.thread_count, 4);
    assert_int_equal(calls_of(&profile, 10), 1);
    assert_in_range(calls_of(&profile, 0), tally->called, tally->called + 3);
    model_free(&profile);
}

/* ---- a reader of the image while it is written, like the launcher ---- */

static void *calls_and_ends(void *number)
{
    for (int tree = 0; tree < 2000; tree++)
        call_tree(100 + (int)(size_t)number * 10000 + tree * 3, 2);
    return NULL;
}

static void play_for_a_reader(void)
{
    for (int wave = 0; wave < 3; wave++)
        run(THREADS, calls_and_ends);
}

/* Returns the number of calls in the image of CHILD; 0 if there is no image yet. */
static uint64_t image_read(pid_t child)
{
    struct message message = {""};
    struct profile profile = {0};
    uint64_t sum = 0;
    char path[64];

    snprintf(path, sizeof path, "profile.%d.prof", (int)child);
    if (load_profile(&profile, path, &message) == 0)
        sum = calls_in_range(&profile, 0, INT_MAX / STEP);
    model_free(&profile);
    return sum;
}

static void a_reader_of_what_is_written(void **state)
{
    struct profile profile;
    uint64_t before = 0, sum;
    pid_t child;

    (void)state;
    child = child_start(play_for_a_reader);
    while (waitpid(child, NULL, WNOHANG | WNOWAIT) == 0) {
        sum = image_read(child);
        assert_in_range(sum, before, 3 * THREADS * 2000 * 7);
        before = sum;
    }
    child_end(child);
    image_load_of(child, &profile);
    for (int thread = 0; thread < THREADS; thread++)
        expect_trees(&profile, 100 + thread * 10000, 2, 3);
    assert_int_equal(calls_in_range(&profile, 0, INT_MAX / STEP), 3 * THREADS * 2000 * 7);
    model_free(&profile);
}

static int setup(void **state)
{
    (void)state;
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return tally == MAP_FAILED ? -1 : 0;
}

#define SENTENCE(text, function)                                                                             \
    {                                                                                                        \
        .name = (text), .test_func = (function)                                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("threads that make the same contexts at once each have all their calls", threads_at_once),
        SENTENCE("2,400 threads, 8 at once, are merged into the number of threads that are kept",
                 threads_beyond_those_kept),
        SENTENCE("coroutines in many threads at once keep all their calls", coroutines_in_threads),
        SENTENCE("no call is lost while two threads load and unload libraries", libraries_that_come_and_go),
        SENTENCE("an address of a library that was unloaded is another function to a suspended coroutine",
                 a_library_gone_while_suspended),
        SENTENCE("children that are forked while threads call have their path and their calls",
                 forks_while_threads_call),
        SENTENCE("no call is lost if signal handlers interrupt the hooks of several threads",
                 signals_in_the_hooks),
        SENTENCE("no call is lost if a process ends while its threads call", an_end_while_threads_call),
        SENTENCE("a reader of a growing image never sees fewer calls than before",
                 a_reader_of_what_is_written),
    };

    cmocka_set_skip_filter(getenv("TEST_SKIP")); /* make memcheck leaves out some tests */
    return cmocka_run_group_tests_name("concurrency", tests, setup, NULL);
}
