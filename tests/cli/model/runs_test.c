/*
 * runs_test.c - how long runs took, and how many processes and threads they had, by cli/model/runs.c.
 */
#include <string.h>

#include "cli/base/count.h"
#include "cli/model/runs.h"
#include "cli/model/selection.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

static struct fixture fixture;
static struct runs runs;
static struct selection selection;
static struct message message;

static int setup(void **state)
{
    (void)state;
    memset(&fixture, 0, sizeof fixture);
    runs = (struct runs){0};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    selection_free(&selection);
    return 0;
}

static void call(void)
{
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f"),
                   fixture.threads[fixture.profile.thread_count - 1].root, 1, 1, 1);
}

/* Adds a process that ran from START to END, in nanoseconds, and its thread, with a call. */
static void process(uint64_t pid, int64_t start, int64_t end, double cpu)
{
    fixture_thread(&fixture, 0.5);
    struct profile_process *added = &fixture.processes[fixture.profile.process_count - 1];
    struct profile_thread *thread = &fixture.threads[fixture.profile.thread_count - 1];

    added->pid = thread->tid = pid;
    added->start_time = start;
    added->start = pid; /* each has a clock of its own */
    added->end = pid + 2 * (uint64_t)(end - start);
    added->cpu = cpu;
    call();
}

/* Adds a thread to the last process, without a call. */
static void thread(uint64_t tid, int is_strand)
{
    fixture_thread(&fixture, 1);
    fixture.profile.process_count--;
    struct profile_thread *added = &fixture.threads[fixture.profile.thread_count - 1];

    added->process--;
    added->tid = tid;
    added->is_strand = is_strand;
}

static void add(void)
{
    assert_int_equal(runs_add(&runs, &fixture.profile), 0);
}

static void expect(uint64_t count, uint64_t processes, uint64_t threads, double wall, double cpu)
{
    assert_int_equal(runs.count, count);
    assert_int_equal(runs.processes, processes);
    assert_int_equal(runs.threads, threads);
    assert_true(runs.wall == wall);
    assert_true(runs.cpu == cpu);
}

static void spans_all_processes(void **state)
{
    (void)state;
    process(7, 1000, 1500, 10);
    process(8, 1200, 1900, 20);
    process(9, 900, 1000, 30);
    add();
    expect(1, 3, 3, 1000, 60);
    assert_false(runs.lacks_cpu);
    add();
    expect(2, 6, 6, 2000, 120);
}

static void counts_threads_with_calls(void **state)
{
    (void)state;
    process(7, 0, 100, 0);
    thread(70, 0);
    call();
    thread(71, 0);
    thread(7, 1);
    call();
    thread(72, 1);
    call();
    thread(72, 1);
    call();
    add();
    expect(1, 1, 3, 100, 0);
    assert_true(runs.lacks_cpu);
}

static void leaves_out_processes_without_calls(void **state)
{
    (void)state;
    fixture_thread(&fixture, 1);
    fixture.processes[0].end = 5000;
    process(8, 10, 110, 50);
    add();
    expect(1, 1, 1, 100, 50);
}

static void stops_at_the_largest_count(void **state)
{
    (void)state;
    process(7, 0, 100, 50);
    fixture.processes[0].count = fixture.processes[0].runs = fixture.threads[0].count = UINT64_MAX - 1;
    add();
    add();
    expect(COUNT_MAX, COUNT_MAX, COUNT_MAX, 200, 100);
}

static void has_one_thread_within_wall_time(void **state)
{
    (void)state;
    process(7, 0, 1000, 1009);
    add();
    expect(1, 1, 1, 1000, 1000);
    process(8, 0, 1000, 3000);
    runs = (struct runs){0};
    add();
    expect(1, 2, 2, 1000, 4000);
}

static void knows_sums(void **state)
{
    (void)state;
    process(0, 0, 100, 50);
    fixture.processes[0].count = 6;
    fixture.processes[0].runs = 2;
    fixture.threads[0].count = 9;
    add();
    expect(2, 6, 9, 100, 50);
}

static void tells_of_the_selected(void **state)
{
    (void)state;
    process(7, 0, 1000, 500);
    process(8, 100, 300, 150);
    thread(80, 0);
    call();
    selection_add_process(&selection, "8", &message);
    selection_apply(&selection, &fixture.profile);
    add();
    expect(1, 1, 2, 200, 150);
    assert_false(runs.lacks_cpu);
    runs = (struct runs){0};
    selection_add_thread(&selection, "80", &message);
    selection_apply(&selection, &fixture.profile);
    add();
    expect(1, 1, 1, 200, 0);
    assert_true(runs.lacks_cpu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("the wall time is that from the first start of a process to the last end", spans_all_processes),
        TEST("threads with calls are counted, and coroutines with the thread that ran them",
             counts_threads_with_calls),
        TEST("a process without calls is left out", leaves_out_processes_without_calls),
        TEST("CPU time that a clock makes a little longer than wall time is wall time",
             has_one_thread_within_wall_time),
        TEST("a sum of profiles stands for all of their runs", knows_sums),
        TEST("sums stop at the largest count", stops_at_the_largest_count),
        TEST("of selected processes all is known, and of selected threads all but the CPU time",
             tells_of_the_selected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
