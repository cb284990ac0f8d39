/*
 * api_test.c - tests profile.h by exact numbers. The tests set the clock and the timers.
 *
 * Each case plays its events in a child (play.h). The child's profile is the file `dump`, and its image has
 * the whole run.
 */
#include "runtime/api/profile.h"

#include "tests/runtime/play.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <ucontext.h>

enum function { ROOT, PARENT, LEAF };

/* Fails the case in the child, where cmocka cannot, unless CONDITION is true. */
#define REQUIRE(condition)                                                                                   \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                  \
            _exit(1);                                                                                        \
        }                                                                                                    \
    } while (0)

/* Fails the case in the child unless CALL fails with errno NUMBER and a reason. */
#define REQUIRE_FAILS(call, number)                                                                          \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        REQUIRE((call) == -1);                                                                               \
        REQUIRE(errno == (number));                                                                          \
        REQUIRE(profile_error()[0] != '\0');                                                                 \
    } while (0)

static __attribute__((noinline)) void leaf(uint64_t ticks)
{
    play_enter(LEAF);
    __atomic_add_fetch(&settable_clock, ticks, __ATOMIC_RELAXED); /* several threads may do this at once */
    play_leave(LEAF);
}

/* ---- the expected figures ---- */

struct figures {
    uint64_t calls, nested;
    int64_t self, inclusive;
    uint64_t unwound;
};

static void add_nested(const struct profile *profile, uint32_t function, struct figures *sum)
{
    for (size_t i = 0; i < profile->edge_count; i++)
        if (profile->edges[i].callee == function)
            sum->nested += profile->edges[i].nested;
}

static struct figures figures_of(const struct profile *profile, uint32_t function)
{
    struct figures sum = {0};

    for (size_t i = 0; i < profile->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        if (record->function != function)
            continue;
        sum.calls += record->calls;
        sum.self += record->self;
        sum.inclusive += record->inclusive;
        sum.unwound += record->unwound;
    }
    add_nested(profile, function, &sum);
    return sum;
}

/* Returns the figures of FUNCTION over all threads; zeros if it was not recorded. */
static struct figures figures(const struct profile *profile, enum function function)
{
    for (uint32_t i = 0; i < profile->function_count; i++)
        if (profile->functions[i].module == PROFILE_NONE && profile->functions[i].name == NULL &&
            profile->functions[i].offset == (uintptr_t)play_address(function))
            return figures_of(profile, i);
    return (struct figures){0};
}

/* Returns the figures of the region NAME over all threads; zeros if it was not recorded. */
static struct figures region(const struct profile *profile, const char *name)
{
    for (uint32_t i = 0; i < profile->function_count; i++)
        if (profile->functions[i].name != NULL && strcmp(profile->functions[i].name, name) == 0) {
            assert_string_equal(profile->functions[i].file, "~");
            assert_int_equal(profile->functions[i].line, 0);
            return figures_of(profile, i);
        }
    return (struct figures){0};
}

static void expect(struct figures actual, uint64_t calls, int64_t self, int64_t inclusive)
{
    assert_int_equal(actual.calls, calls);
    assert_int_equal(actual.self, self);
    assert_int_equal(actual.inclusive, inclusive);
}

static uint64_t sum_of(const struct profile *profile, size_t offset)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < profile->thread_count; i++)
        sum += *(const uint64_t *)(const void *)((const char *)&profile->threads[i] + offset);
    return sum;
}

#define SUM(profile, member) sum_of(profile, offsetof(struct profile_thread, member))

/* The profiles of a case. */
struct played {
    struct profile dump;  /* the one that the child saved */
    struct profile whole; /* the whole run, from the child's image */
};

static void played_free(struct played *played)
{
    model_free(&played->dump);
    model_free(&played->whole);
}

/* Plays EVENTS and loads both profiles. The child finds no stats, so its dump is a copy of the image. */
static struct played play_dump(void (*events)(void *))
{
    struct played played = {0};
    struct message message = {""};

    unlink("dump");
    setenv("PROFILE_STATS", "/nonexistent", 1);
    play(events, NULL, &played.whole);
    if (load_profile(&played.dump, "dump", &message) != 0)
        fail_msg("%s", message.text);
    unlink("dump");
    return played;
}

static void dump(struct profile *profile)
{
    REQUIRE(profile_dump_stats(profile, "dump") == 0);
}

/* ---- enabling ---- */

static void play_twice(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    play_enter(ROOT);
    settable_clock += 10;
    REQUIRE(profile_enable(profile) == 0);
    leaf(5);
    settable_clock += 100;
    REQUIRE(profile_disable(profile) == 0);
    leaf(7);
    REQUIRE(profile_enable(profile) == 0);
    leaf(9);
    REQUIRE(profile_disable(profile) == 0);
    settable_clock += 1;
    play_leave(ROOT);
    dump(profile);
}

static void accumulates(void **state)
{
    struct played played = play_dump(play_twice);

    (void)state;
    expect(figures(&played.dump, LEAF), 2, 14, 14);
    expect(figures(&played.dump, ROOT), 0, 0, 0);
    assert_int_equal(played.dump.thread_count, 1);
    played_free(&played);
}

static void stands_still(void **state)
{
    struct played played = play_dump(play_twice);

    (void)state;
    expect(figures(&played.whole, ROOT), 1, 11, 18);
    expect(figures(&played.whole, LEAF), 3, 21, 21);
    assert_int_equal(played.whole.thread_count, 2);
    played_free(&played);
}

static void play_errors(void *argument)
{
    struct profile *profile = profile_new(NULL, 0), *other = profile_new(NULL, 0);

    (void)argument;
    REQUIRE(profile_error()[0] == '\0');
    REQUIRE_FAILS(profile_enable(NULL), EINVAL);
    REQUIRE_FAILS(profile_disable(NULL), EINVAL);
    REQUIRE_FAILS(profile_clear(NULL), EINVAL);
    REQUIRE_FAILS(profile_dump_stats(NULL, "dump"), EINVAL);
    REQUIRE_FAILS(profile_print_stats(NULL, stdout, NULL), EINVAL);
    REQUIRE_FAILS(profile_print_stats(profile, NULL, NULL), EINVAL);
    REQUIRE_FAILS(profile_begin(NULL), EINVAL);
    REQUIRE_FAILS(profile_end(), EINVAL);
    REQUIRE_FAILS(profile_set_thread_name(NULL), EINVAL);
    REQUIRE_FAILS(profile_disable(profile), EINVAL);
    REQUIRE(profile_enable(profile) == 0);
    REQUIRE_FAILS(profile_enable(profile), EBUSY);
    REQUIRE_FAILS(profile_enable(other), EBUSY);
    REQUIRE_FAILS(profile_disable(other), EINVAL);
    REQUIRE_FAILS(profile_clear(profile), EBUSY);
    leaf(3);
    REQUIRE(profile_disable(profile) == 0);
    REQUIRE_FAILS(profile_disable(profile), EINVAL);
    profile_free(NULL);
    dump(profile);
}

static void refuses(void **state)
{
    struct played played = play_dump(play_errors);

    (void)state;
    expect(figures(&played.dump, LEAF), 1, 3, 3);
    played_free(&played);
}

static void play_open(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    play_enter(ROOT);
    REQUIRE(profile_enable(profile) == 0);
    play_enter(PARENT);
    settable_clock += 10;
    play_enter(LEAF);
    settable_clock += 5;
    REQUIRE(profile_disable(profile) == 0);
    settable_clock += 20;
    play_leave(LEAF);
    settable_clock += 3;
    play_leave(PARENT);
    play_leave(ROOT);
    dump(profile);
}

static void closes(void **state)
{
    struct played played = play_dump(play_open);

    (void)state;
    expect(figures(&played.dump, LEAF), 1, 5, 5);
    expect(figures(&played.dump, PARENT), 1, 10, 15);
    assert_int_equal(SUM(&played.dump, unwound), 0);
    assert_int_equal(SUM(&played.dump, open), 0);
    played_free(&played);
}

static void goes_on(void **state)
{
    struct played played = play_dump(play_open);

    (void)state;
    expect(figures(&played.whole, LEAF), 1, 25, 25);
    expect(figures(&played.whole, PARENT), 1, 13, 38);
    expect(figures(&played.whole, ROOT), 1, 0, 23);
    assert_int_equal(SUM(&played.whole, unmatched), 0);
    assert_int_equal(SUM(&played.whole, unwound), 0);
    played_free(&played);
}

static void play_earlier(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    play_enter(ROOT);
    play_enter(PARENT);
    settable_clock += 10;
    REQUIRE(profile_enable(profile) == 0);
    settable_clock += 5;
    play_leave(PARENT);
    leaf(3);
    REQUIRE(profile_disable(profile) == 0);
    settable_clock += 1;
    play_leave(ROOT);
    dump(profile);
}

static void ignores(void **state)
{
    struct played played = play_dump(play_earlier);

    (void)state;
    expect(figures(&played.dump, LEAF), 1, 3, 3);
    expect(figures(&played.dump, PARENT), 0, 0, 0);
    assert_int_equal(SUM(&played.dump, unmatched), 0);
    expect(figures(&played.whole, PARENT), 1, 10, 10);
    expect(figures(&played.whole, ROOT), 1, 1, 11);
    assert_int_equal(SUM(&played.whole, unwound), 0);
    assert_int_equal(SUM(&played.whole, unmatched), 0);
    played_free(&played);
}

/* Recurses to level 4. Enables the profile at the end of level 2 and disables it at the end of level 4. */
static __attribute__((noinline)) void recurse(struct profile *profile, int level)
{
    play_enter(LEAF);
    settable_clock += 1;
    if (level == 2)
        REQUIRE(profile_enable(profile) == 0);
    if (level == 4)
        REQUIRE(profile_disable(profile) == 0);
    else
        recurse(profile, level + 1);
    settable_clock += 1;
    play_leave(LEAF);
}

static void play_recursion(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    recurse(profile, 1);
    dump(profile);
}

static void recursion(void **state)
{
    struct played played = play_dump(play_recursion);

    (void)state;
    expect(figures(&played.dump, LEAF), 2, 2, 2);
    assert_int_equal(figures(&played.dump, LEAF).nested, 1);
    expect(figures(&played.whole, LEAF), 4, 8, 8);
    assert_int_equal(SUM(&played.whole, unmatched), 0);
    assert_int_equal(SUM(&played.whole, open), 0);
    played_free(&played);
}

static void *twice(void *argument)
{
    play_enter(PARENT);
    settable_clock += 4;
    play_leave(PARENT);
    return (void *)((uintptr_t)argument * 2);
}

static void play_runcall(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    REQUIRE(profile_runcall(profile, twice, (void *)21) == (void *)42);
    REQUIRE(profile_enable(profile) == 0);
    REQUIRE(profile_runcall(profile, twice, (void *)4) == (void *)8);
    REQUIRE(profile_disable(profile) == 0);
    {
        PROFILE_SCOPE(profile);
        leaf(6);
    }
    REQUIRE_FAILS(profile_disable(profile), EINVAL);
    dump(profile);
}

static void runs_calls(void **state)
{
    struct played played = play_dump(play_runcall);

    (void)state;
    expect(figures(&played.dump, PARENT), 2, 8, 8);
    expect(figures(&played.dump, LEAF), 1, 6, 6);
    played_free(&played);
}

static void play_clear(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    REQUIRE(profile_clear(profile) == 0);
    REQUIRE(profile_enable(profile) == 0);
    recurse(profile, 3);
    REQUIRE(profile_clear(profile) == 0);
    REQUIRE(profile_enable(profile) == 0);
    leaf(4);
    REQUIRE(profile_disable(profile) == 0);
    dump(profile);
}

static void clears(void **state)
{
    struct played played = play_dump(play_clear);

    (void)state;
    expect(figures(&played.dump, LEAF), 1, 4, 4);
    assert_int_equal(figures(&played.dump, LEAF).nested, 0);
    assert_int_equal(figures(&played.whole, LEAF).calls, 3);
    assert_int_equal(SUM(&played.whole, count),
                     3); /* the thread's own state, the cleared one, and a new one */
    played_free(&played);
}

static void play_many(void *argument)
{
    char path[64];
    struct stat status;

    (void)argument;
    for (int i = 0; i < 1000; i++) {
        struct profile *profile = profile_new(NULL, 0);

        REQUIRE(profile_enable(profile) == 0);
        leaf(1);
        if (i % 2 != 0)
            REQUIRE(profile_disable(profile) == 0);
        if (i == 999)
            dump(profile);
        profile_free(profile);
    }
    snprintf(path, sizeof path, "profile.%d.prof", (int)getpid());
    REQUIRE(stat(path, &status) == 0);
    REQUIRE(status.st_size < 1024 * 1024);
}

static void frees(void **state)
{
    struct played played = play_dump(play_many);

    (void)state;
    expect(figures(&played.dump, LEAF), 1, 1, 1);
    expect(figures(&played.whole, LEAF), 1000, 1000, 1000);
    played_free(&played);
}

/* ---- regions ---- */

static __attribute__((noinline)) void region_left_open(void)
{
    play_enter(PARENT);
    REQUIRE(profile_begin("open") == 0);
    settable_clock += 6;
    play_leave(PARENT);
}

static void play_regions(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);
    char name[1000];

    (void)argument;
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    REQUIRE(profile_enable(profile) == 0);
    for (int i = 0; i < 2; i++) {
        REQUIRE(profile_begin("parse") == 0);
        settable_clock += 2;
        leaf(3);
        REQUIRE(profile_begin("lex") == 0);
        settable_clock += 4;
        REQUIRE(profile_end() == 0);
        REQUIRE(profile_end() == 0);
        REQUIRE_FAILS(profile_end(), EINVAL);
    }
    region_left_open();
    REQUIRE_FAILS(profile_end(), EINVAL);
    REQUIRE(profile_begin(name) == 0);
    name[300] = 'y';
    REQUIRE(profile_begin(name) == 0);
    REQUIRE(profile_end() == 0);
    REQUIRE(profile_end() == 0);
    REQUIRE(profile_disable(profile) == 0);
    dump(profile);
}

static void regions(void **state)
{
    struct played played = play_dump(play_regions);
    char name[256];

    (void)state;
    expect(region(&played.dump, "<parse>"), 2, 4, 18);
    expect(region(&played.dump, "<lex>"), 2, 8, 8);
    expect(figures(&played.dump, LEAF), 2, 6, 6);
    expect(region(&played.dump, "<open>"), 1, 6, 6);
    assert_int_equal(region(&played.dump, "<open>").unwound, 1);
    expect(figures(&played.dump, PARENT), 1, 0, 6);
    assert_int_equal(figures(&played.dump, PARENT).unwound, 0);
    memset(name, 'x', sizeof name);
    name[0] = '<';
    memcpy(name + 253, ">", 2);
    assert_int_equal(region(&played.dump, name).calls, 2);
    played_free(&played);
}

static void play_region_borders(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    play_enter(ROOT);
    REQUIRE(profile_begin("before") == 0);
    settable_clock += 2;
    REQUIRE(profile_enable(profile) == 0);
    settable_clock += 10;
    REQUIRE(profile_end() == 0);
    REQUIRE(profile_begin("after") == 0);
    settable_clock += 3;
    REQUIRE(profile_disable(profile) == 0);
    settable_clock += 4;
    REQUIRE(profile_end() == 0);
    play_leave(ROOT);
    dump(profile);
}

static void region_borders(void **state)
{
    struct played played = play_dump(play_region_borders);

    (void)state;
    expect(region(&played.dump, "<before>"), 0, 0, 0);
    expect(region(&played.dump, "<after>"), 1, 3, 3);
    expect(region(&played.whole, "<before>"), 1, 2, 2);
    expect(region(&played.whole, "<after>"), 1, 7, 7);
    expect(figures(&played.whole, ROOT), 1, 0, 6);
    played_free(&played);
}

static void play_names(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);
    char name[32];

    (void)argument;
    for (int i = 0; i < 1024; i++) {
        snprintf(name, sizeof name, "region %d", i);
        REQUIRE(profile_begin(name) == 0);
        REQUIRE(profile_end() == 0);
    }
    REQUIRE_FAILS(profile_begin("one more"), ENOSPC);
    REQUIRE(profile_begin("region 0") == 0);
    REQUIRE(profile_end() == 0);
    dump(profile);
}

static void names(void **state)
{
    struct played played = play_dump(play_names);

    (void)state;
    assert_int_equal(region(&played.whole, "<region 0>").calls, 2);
    assert_int_equal(region(&played.whole, "<region 1023>").calls, 1);
    assert_int_equal(region(&played.whole, "<one more>").calls, 0);
    assert_int_equal(played.dump.thread_count, 0);
    played_free(&played);
}

static void play_fork(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);
    int status;
    pid_t child;

    (void)argument;
    REQUIRE(profile_begin("parse") == 0);
    REQUIRE(profile_enable(profile) == 0);
    play_enter(PARENT);
    if ((child = fork()) == 0) {
        settable_clock += 5;
        leaf(2);
        REQUIRE_FAILS(profile_disable(profile), EINVAL);
        REQUIRE(profile_enable(profile) == 0);
        leaf(3);
        REQUIRE(profile_disable(profile) == 0);
        dump(profile);
        REQUIRE(profile_snapshot("snapshot") == 0);
        _exit(0);
    }
    REQUIRE(waitpid(child, &status, 0) == child && status == 0);
}

static const char *name_of_parent(const struct profile *profile, enum function function)
{
    for (size_t i = 0; i < profile->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        if (record->function != PROFILE_NONE &&
            profile->functions[record->function].offset == (uintptr_t)play_address(function) &&
            profile->records[record->parent].function != PROFILE_NONE)
            return profile->functions[profile->records[record->parent].function].name;
    }
    return NULL;
}

static void forked(void **state)
{
    struct played played = play_dump(play_fork);
    struct profile child = {0};
    struct message message = {""};

    (void)state;
    expect(figures(&played.dump, LEAF), 1, 3, 3);
    assert_int_equal(load_profile(&child, "snapshot", &message), 0);
    assert_int_equal(region(&child, "<parse>").calls, 0);
    assert_string_equal(name_of_parent(&child, PARENT), "<parse>");
    expect(figures(&child, LEAF), 2, 5, 5);
    unlink("snapshot");
    model_free(&child);
    played_free(&played);
    assert_int_equal(system("rm -f profile.*.prof*"), 0); /* the image of the child's child */
}

/* ---- custom timers ---- */

static uint64_t counter;

static uint64_t count(void)
{
    return counter;
}

static void play_timer_in(double unit)
{
    struct profile *profile = profile_new(count, unit);

    play_enter(ROOT);
    for (int i = 0; i < 2; i++) {
        REQUIRE(profile_enable(profile) == 0);
        play_enter(PARENT);
        counter += 1;
        leaf(1000);
        counter += 2;
        play_enter(LEAF);
        counter += 40;
        play_leave(LEAF);
        play_leave(PARENT);
        REQUIRE(profile_disable(profile) == 0);
        counter += 500;
    }
    leaf(7);
    play_leave(ROOT);
    dump(profile);
}

static void play_timer(void *argument)
{
    (void)argument;
    play_timer_in(1e-6);
}

static void play_counter(void *argument)
{
    (void)argument;
    play_timer_in(0);
}

static void timer(void **state)
{
    struct played played = play_dump(play_timer);

    (void)state;
    expect(figures(&played.dump, LEAF), 4, 80, 80);
    expect(figures(&played.dump, PARENT), 2, 6, 86);
    assert_string_equal(played.dump.processes[0].unit, "");
    assert_int_equal(played.dump.processes[0].tick, 1000);
    expect(figures(&played.whole, LEAF), 1, 7, 7);
    expect(figures(&played.whole, ROOT), 1, 0, 7);
    assert_int_equal(played.whole.warning_count, 1);
    assert_non_null(strstr(played.whole.warnings[0], "profile_dump_stats"));
    played_free(&played);
}

static void counts(void **state)
{
    struct played played = play_dump(play_counter);

    (void)state;
    expect(figures(&played.dump, LEAF), 4, 80, 80);
    assert_string_equal(played.dump.processes[0].unit, "ticks");
    assert_int_equal(played.dump.processes[0].timer, PROFILE_TIMER_CUSTOM);
    assert_int_equal(played.dump.processes[0].tick, 1);
    played_free(&played);
}

static void play_backwards(void *argument)
{
    struct profile *profile = profile_new(count, 1);

    (void)argument;
    counter = 1000;
    REQUIRE(profile_enable(profile) == 0);
    for (int i = 0; i < 2; i++) {
        play_enter(LEAF);
        counter += 5;
        play_leave(LEAF);
        counter -= 900;
        play_enter(LEAF);
        counter += 6;
        play_leave(LEAF);
    }
    REQUIRE(profile_disable(profile) == 0);
    counter -= 50;
    REQUIRE(profile_enable(profile) == 0);
    play_enter(LEAF);
    play_leave(LEAF);
    REQUIRE(profile_disable(profile) == 0);
    dump(profile);
}

static void backwards(void **state)
{
    struct played played = play_dump(play_backwards);

    (void)state;
    expect(figures(&played.dump, LEAF), 5, 22, 22);
    assert_int_equal(played.dump.threads[0].backwards, 2);
    played_free(&played);
}

static void play_timer_freed(void *argument)
{
    struct profile *profile = profile_new(count, 1);

    (void)argument;
    REQUIRE(profile_enable(profile) == 0);
    recurse(profile, 3);
    profile_free(profile);
    profile = profile_new(NULL, 0);
    REQUIRE(profile_enable(profile) == 0);
    leaf(2);
    REQUIRE(profile_disable(profile) == 0);
    dump(profile);
}

static void timer_freed(void **state)
{
    struct played played = play_dump(play_timer_freed);

    (void)state;
    expect(figures(&played.dump, LEAF), 1, 2, 2);
    assert_int_equal(figures(&played.dump, LEAF).nested, 0);
    assert_int_equal(figures(&played.whole, LEAF).calls, 1);
    assert_int_equal(played.whole.warning_count, 0);
    played_free(&played);
}

/* ---- threads and stacks ---- */

static pthread_barrier_t barrier;

static void *run_thread(void *profile)
{
    REQUIRE(profile_enable(profile) == 0);
    play_enter(PARENT);
    pthread_barrier_wait(&barrier);
    leaf(0);
    pthread_barrier_wait(&barrier);
    play_leave(PARENT);
    REQUIRE(profile_disable(profile) == 0);
    return NULL;
}

static void *run_untouched(void *argument)
{
    (void)argument;
    pthread_barrier_wait(&barrier);
    leaf(0);
    pthread_barrier_wait(&barrier);
    return NULL;
}

static void play_threads(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);
    pthread_t threads[3];

    (void)argument;
    pthread_barrier_init(&barrier, NULL, 3);
    for (int i = 0; i < 3; i++)
        REQUIRE(pthread_create(&threads[i], NULL, i < 2 ? run_thread : run_untouched, profile) == 0);
    for (int i = 0; i < 3; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    dump(profile);
}

static void threads(void **state)
{
    struct played played = play_dump(play_threads);

    (void)state;
    assert_int_equal(figures(&played.dump, LEAF).calls, 2);
    assert_int_equal(figures(&played.dump, PARENT).calls, 2);
    assert_int_equal(played.dump.thread_count, 2);
    assert_int_equal(figures(&played.whole, LEAF).calls, 3);
    played_free(&played);
}

static void *run_busy(void *profile)
{
    static const char *const names[] = {"one", "two", "three", "four"};

    for (int i = 0; i < 500; i++) {
        REQUIRE(profile_enable(profile) == 0);
        REQUIRE(profile_begin(names[i % 4]) == 0);
        play_enter(LEAF);
        play_leave(LEAF);
        REQUIRE(profile_end() == 0);
        REQUIRE(profile_disable(profile) == 0);
    }
    return NULL;
}

static void play_busy(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);
    pthread_t threads[8];

    (void)argument;
    for (int i = 0; i < 8; i++)
        REQUIRE(pthread_create(&threads[i], NULL, run_busy, profile) == 0);
    for (int i = 0; i < 8; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    dump(profile);
}

static void busy_threads(void **state)
{
    struct played played = play_dump(play_busy);

    (void)state;
    assert_int_equal(figures(&played.dump, LEAF).calls, 4000);
    assert_int_equal(region(&played.dump, "<three>").calls, 1000);
    assert_in_range(played.dump.thread_count, 1, 8);
    played_free(&played);
}

/* Ends with the profile enabled and a call open. */
static void *run_short(void *profile)
{
    REQUIRE(profile_enable(profile) == 0);
    leaf(2);
    play_enter(PARENT);
    settable_clock += 3;
    return NULL;
}

static void play_short_threads(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    for (int i = 0; i < 100; i++) {
        pthread_t thread;

        REQUIRE(pthread_create(&thread, NULL, run_short, profile) == 0);
        REQUIRE(pthread_join(thread, NULL) == 0);
    }
    dump(profile);
}

static void short_threads(void **state)
{
    struct played played = play_dump(play_short_threads);

    (void)state;
    expect(figures(&played.dump, LEAF), 100, 200, 200);
    expect(figures(&played.dump, PARENT), 100, 300, 300);
    assert_in_range(played.dump.thread_count, 1, 99);
    assert_int_equal(SUM(&played.dump, count), 100);
    played_free(&played);
}

static ucontext_t main_context, coroutine_context;
static struct profile *coroutine_profile;

static void coroutine(void)
{
    REQUIRE_FAILS(profile_disable(coroutine_profile), ENOTSUP);
    play_enter(PARENT);
    settable_clock += 5;
    swapcontext(&coroutine_context, &main_context);
    settable_clock += 6;
    play_leave(PARENT);
    REQUIRE_FAILS(profile_enable(coroutine_profile), ENOTSUP);
    swapcontext(&coroutine_context, &main_context);
}

static void play_coroutine(void *argument)
{
    static char stack[64 * 1024];

    (void)argument;
    coroutine_profile = profile_new(NULL, 0);
    getcontext(&coroutine_context);
    coroutine_context.uc_stack.ss_sp = stack;
    coroutine_context.uc_stack.ss_size = sizeof stack;
    makecontext(&coroutine_context, coroutine, 0);
    REQUIRE(profile_enable(coroutine_profile) == 0);
    play_enter(ROOT);
    swapcontext(&main_context, &coroutine_context);
    settable_clock += 20;
    play_leave(ROOT);
    REQUIRE(profile_disable(coroutine_profile) == 0);
    settable_clock += 40;
    swapcontext(&main_context, &coroutine_context);
    leaf(1);
    dump(coroutine_profile);
}

static void coroutines(void **state)
{
    struct played played = play_dump(play_coroutine);

    (void)state;
    expect(figures(&played.dump, ROOT), 1, 20, 20);
    expect(figures(&played.dump, PARENT), 0, 0, 0);
    expect(figures(&played.whole, PARENT), 1, 11, 11);
    played_free(&played);
}

/* ---- files ---- */

static void play_files(void *argument)
{
    struct profile *profile = profile_new(NULL, 0);

    (void)argument;
    REQUIRE(profile_enable(profile) == 0);
    play_enter(PARENT);
    settable_clock += 4;
    REQUIRE_FAILS(profile_dump_stats(profile, NULL), EINVAL);
    REQUIRE_FAILS(profile_dump_stats(profile, ""), ENOENT);
    REQUIRE_FAILS(profile_dump_stats(profile, "none/dump"), ENOENT);
    REQUIRE_FAILS(profile_dump_stats(profile, "/dev/null"), EINVAL);
    REQUIRE_FAILS(profile_dump_stats(profile, "."), EINVAL);
    REQUIRE_FAILS(profile_snapshot("none/snapshot"), ENOENT);
    REQUIRE_FAILS(profile_print_stats(profile, stdout, NULL), ENOENT);
    dump(profile);
    settable_clock += 100;
    play_leave(PARENT);
}

static void files(void **state)
{
    struct played played = play_dump(play_files);

    (void)state;
    expect(figures(&played.dump, PARENT), 1, 4, 4);
    assert_int_equal(played.dump.threads[0].open, 1);
    expect(figures(&played.whole, PARENT), 1, 104, 104);
    played_free(&played);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("a profile that is enabled again adds to what it has, and has no other calls",
                   accumulates),
        TEST_ALONE("a thread's usual records get no calls and no time while a profile is enabled",
                   stands_still),
        TEST_ALONE("enabling twice, disabling a disabled profile, and NULL are refused with a reason",
                   refuses),
        TEST_ALONE("disabling closes the open calls at that instant", closes),
        TEST_ALONE("calls that are open when a profile is disabled go on, and their returns match", goes_on),
        TEST_ALONE("a profile ignores the returns of calls from before it was enabled", ignores),
        TEST_ALONE("a recursion may begin before a profile is enabled and go on after", recursion),
        TEST_ALONE("runcall returns the call's result, and calls even if the profile is enabled", runs_calls),
        TEST_ALONE("a cleared profile has no earlier calls, but the whole run has them", clears),
        TEST_ALONE("a thousand profiles that are freed one by one are in the whole run and take little space",
                   frees),
        TEST_ALONE("regions are counted and timed like functions, and end with their function", regions),
        TEST_ALONE("regions may begin before a profile is enabled, or end after", region_borders),
        TEST_ALONE("there may be 1,024 names of regions, and one more is refused", names),
        TEST_ALONE("a forked child has no profile enabled, and its calls are below its region", forked),
        TEST_ALONE("a custom timer measures only the calls of its profile, in its unit", timer),
        TEST_ALONE("a timer without a unit counts ticks", counts),
        TEST_ALONE("a step back of a timer takes no time, and is counted", backwards),
        TEST_ALONE("the calls of a freed profile with a custom timer are in no profile", timer_freed),
        TEST_ALONE("a profile has the calls of the threads that enabled it, and of no other", threads),
        TEST_ALONE("eight threads may enable one profile and enter regions at once", busy_threads),
        TEST_ALONE("threads that end with a profile enabled close their calls, and reuse memory",
                   short_threads),
        TEST_ALONE("a coroutine's calls are not in the profile, and it cannot enable or disable one",
                   coroutines),
        TEST_ALONE("a dump has the calls so far, or is refused with a reason", files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
