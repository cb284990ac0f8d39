/*
 * parts_test.c - processes and threads: which of them cli/model/selection.c keeps, how cli/analysis/parts.c
 * lists them, and what cli/report/notes.c prints about them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analysis/parts.h"
#include "cli/model/selection.h"
#include "cli/report/notes.h"
#include "cli/report/parts_print.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/rows.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

#define PROCESSES "      pid   parent  threads    ncalls  tottime     wall  ended       command\n"
#define THREADS   "      pid      tid    ncalls  tottime     wall  thread           command\n"

static struct fixture fixture;
static struct parts parts;
static struct selection selection;
static struct notes notes;
static struct message message;
static char *printed;

static int setup(void **state)
{
    (void)state;
    memset(&fixture, 0, sizeof fixture);
    setenv("LC_ALL", "C.UTF-8", 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    parts_free(&parts);
    selection_free(&selection);
    notes = (struct notes){0};
    free(printed);
    printed = NULL;
    return 0;
}

/* Adds a process with one thread, in which a function of its own was called CALLS times. */
static void process(uint64_t pid, uint64_t parent, int64_t start, const char *command, uint64_t calls)
{
    fixture_thread(&fixture, 2);
    size_t i = fixture.profile.process_count - 1;
    struct profile_thread *thread = &fixture.threads[fixture.profile.thread_count - 1];

    fixture.processes[i].pid = pid;
    fixture.processes[i].parent = parent;
    fixture.processes[i].start_time = start;
    fixture.processes[i].command = command;
    fixture.processes[i].start = 100;
    fixture.processes[i].end = 600;
    thread->tid = pid;
    thread->name = "main";
    thread->start = 150;
    thread->end = 550;
    if (calls > 0)
        fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", (uint32_t)pid, command),
                       thread->root, calls, 50, 50);
}

/* Adds a thread to the last process. */
static void thread(uint64_t tid, const char *name, uint64_t calls, uint64_t self)
{
    fixture_thread(&fixture, 2);
    struct profile_thread *added = &fixture.threads[fixture.profile.thread_count - 1];

    fixture.profile.process_count--;
    added->process = (uint32_t)fixture.profile.process_count - 1;
    added->tid = tid;
    added->name = name;
    if (calls > 0)
        fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "t.c", (uint32_t)tid, name),
                       added->root, calls, self, self);
}

static void print(struct parts_report report)
{
    size_t size;

    free(printed);
    FILE *stream = open_memstream(&printed, &size);
    report.parts = &parts;
    parts_print(stream, &report);
    fclose(stream);
}

static void add(void)
{
    assert_int_equal(parts_add(&parts, &fixture.profile, &message), 0);
}

static void lists_processes(void **state)
{
    (void)state;
    process(10, 1, 1000, "server", 7);
    fixture.processes[0].exit = PROFILE_EXIT_STATUS;
    process(12, 10, 3000, "late", 1);
    process(11, 10, 2000, "early", 1);
    fixture.processes[2].exit = PROFILE_EXIT_SIGNAL;
    fixture.processes[2].exit_value = 9;
    process(13, 11, 4000, "grand\033child", 1);
    add();
    print((struct parts_report){.kind = PARTS_PROCESSES, .limit = -1});
    assert_string_equal(
        printed,
        PROCESSES "       10        1        1         7  100.0ns  1.000us  status 0    server\n"
                  "       11       10        1         1  100.0ns  1.000us  signal 9    ├─early\n"
                  "       13       11        1         1  100.0ns  1.000us              │ └─grand\\x1bchild\n"
                  "       12       10        1         1  100.0ns  1.000us              └─late\n"
                  "\n\n");
}

static void cuts_lines_on_terminals(void **state)
{
    (void)state;
    process(10, 1, 1000, "./server --with=many words", 7);
    add();
    print((struct parts_report){.kind = PARTS_PROCESSES, .limit = -1, .width = 80});
    assert_string_equal(
        printed,
        PROCESSES "       10        1        1         7  100.0ns  1.000us              ./server -…\n\n\n");
    print((struct parts_report){.kind = PARTS_THREADS, .limit = -1, .width = 80});
    assert_string_equal(
        printed,
        THREADS "       10       10         7  100.0ns  800.0ns  main             ./server --wit…\n\n\n");
}

/* Gives half of the time of the last record to the hooks, and VARIANCE to the rest. A half of that is left:
 * samples that miss the function are in the hooks. */
static void spend_half_on_hooks(double variance)
{
    struct profile_record *record = &fixture.records[fixture.profile.record_count - 1];

    record->overhead = record->self / 2;
    record->variance = variance;
}

static void prints_known_digits(void **state)
{
    (void)state;
    process(10, 1, 1000, "server", 7);
    thread(20, "some", 1, 2 * 123456);
    spend_half_on_hooks(2 * 1000 * 1000);
    thread(21, "none", 1, 2 * 2);
    spend_half_on_hooks(2 * 100);
    add();
    print((struct parts_report){.kind = PARTS_THREADS, .limit = 2});
    assert_string_equal(printed,
                        THREADS "       10       20         1    247us      0ns  some             server\n"
                                "       10       10         7  100.0ns  800.0ns  main             server\n"
                                "\n\n");
    print((struct parts_report){.kind = PARTS_THREADS, .limit = -1});
    assert_non_null(
        strstr(printed, "       10       21         1    <40ns      0ns  none             server\n"));
}

static void lists_threads(void **state)
{
    (void)state;
    process(10, 1, 1000, "server", 7);
    thread(20, "slow", 1, 500);
    thread(21, "\033name", 2, 60);
    thread(22, "idle", 0, 0);
    process(11, 10, 2000, "child", 1);
    add();
    print((struct parts_report){.kind = PARTS_THREADS, .limit = 4});
    assert_string_equal(printed,
                        THREADS "       10       20         1  1.000us      0ns  slow             server\n"
                                "       10       21         2  120.0ns      0ns  \\x1bname         server\n"
                                "       10       10         7  100.0ns  800.0ns  main             server\n"
                                "       11       11         1  100.0ns  800.0ns  main             child\n"
                                "\n\n");
}

static void leaves_out_what_made_no_calls(void **state)
{
    (void)state;
    process(10, 1, 1000, "server", 1);
    process(11, 10, 2000, "sh", 0);
    process(12, 11, 3000, "worker", 1);
    add();
    print((struct parts_report){.kind = PARTS_PROCESSES, .limit = -1});
    assert_null(strstr(printed, "sh\n"));
    assert_non_null(strstr(printed, " └─worker\n"));
}

static void stands_circles(void **state)
{
    (void)state;
    process(10, 11, 1000, "a", 1);
    process(11, 10, 1000, "b", 1);
    process(12, 12, 1000, "c", 1);
    process(12, 12, 1000, "d", 1);
    add();
    print((struct parts_report){.kind = PARTS_PROCESSES, .limit = -1});
    for (const char *name = "abcd"; *name != '\0'; name++)
        assert_non_null(strchr(strstr(printed, "command") + 8, *name));
    assert_int_equal(parts.process_count, 4);
}

static void prints_csv(void **state)
{
    (void)state;
    size_t size;
    process(10, 1, 1000, "my, server", 7);
    fixture.threads[0].unwound = 3;
    add();
    FILE *stream = open_memstream(&printed, &size);
    parts_print_csv(stream, &(struct parts_report){.parts = &parts, .kind = PARTS_PROCESSES, .limit = -1});
    parts_print_csv(stream, &(struct parts_report){.parts = &parts, .kind = PARTS_THREADS, .limit = -1});
    fclose(stream);
    assert_string_equal(printed, "pid,parent,threads,ncalls,tottime_ns,wall_ns,unwound,ended,value,command\n"
                                 "10,1,1,7,100,1000,3,,0,\"my, server\"\n"
                                 "pid,tid,threads,ncalls,tottime_ns,wall_ns,unwound,thread,command\n"
                                 "10,10,1,7,100,800,3,main,\"my, server\"\n");
}

static void folds_strands(void **state)
{
    (void)state;
    process(10, 1, 5, "server", 7);
    thread(10, "main", 2, 30);
    fixture.threads[1].is_strand = 1;
    thread(11, "worker", 5, 20);
    fixture.threads[2].count = 12;
    add();
    assert_int_equal(parts.thread_count, 2);
    assert_int_equal(parts.processes[0].threads, 13);
    assert_int_equal(parts.threads[0].figures.calls, 9);
    print((struct parts_report){.parts = &parts, .kind = PARTS_THREADS, .limit = -1});
    assert_non_null(strstr(printed, "worker           (12 threads) server\n"));
}

static void expect_rows(size_t count, const char *first)
{
    struct table table = {0};

    selection_apply(&selection, &fixture.profile);
    assert_int_equal(table_add(&table, &fixture.profile, &message), 0);
    assert_int_equal(table_finish(&table, &message), 0);
    assert_int_equal(table.row_count, count);
    if (count > 0)
        assert_string_equal(table.rows[0].name, first);
    table_free(&table);
}

static void fill_for_selection(void)
{
    process(10, 1, 1000, "server", 7);
    thread(20, "pool-1", 1, 1);
    uint32_t outer = (uint32_t)fixture.profile.record_count - 1;
    fixture_back_edge(&fixture, outer, outer, 4, 1);
    thread(21, "pool-2", 1, 1);
    process(11, 10, 2000, "child", 1);
}

static void selects_processes(void **state)
{
    (void)state;
    fill_for_selection();
    assert_int_equal(selection_add_process(&selection, "11", &message), 0);
    expect_rows(1, "child");
    assert_int_equal(selection_add_process(&selection, "x", &message), -1);
    assert_string_equal(message.text, "invalid process ID 'x'");
}

static void selects_threads(void **state)
{
    (void)state;
    fill_for_selection();
    selection_add_thread(&selection, "pool-?", &message);
    selection_add_thread(&selection, "21", &message);
    expect_rows(2, "pool-1");
    assert_int_equal(selection.has_matched, 1);
    assert_int_equal(fixture.profile.thread_count, 2);
    /* The back edge of pool-1 was kept too, and still leads to its ancestor. */
    assert_int_equal(fixture.profile.record_count, 5);
    assert_int_equal(fixture.records[2].target, 1);
    assert_int_equal(fixture.records[2].parent, 1);
    assert_int_equal(fixture.profile.edge_count, 1);
    assert_int_equal(fixture.profile.threads[1].root, 3);
}

static void selects_all_and_nothing(void **state)
{
    (void)state;
    fill_for_selection();
    expect_rows(4, "server");
    selection_add_thread(&selection, "pool", &message);
    expect_rows(0, NULL);
    assert_int_equal(selection.has_matched, 0);
}

static void expect_notes(const char *expected)
{
    size_t size;

    free(printed);
    FILE *stream = open_memstream(&printed, &size);
    notes_print(&notes, "stats", stream);
    fclose(stream);
    assert_string_equal(printed, expected);
}

static void notes_what_matters(void **state)
{
    (void)state;
    process(10, 1, 1000, "server", 7);
    process(11, 10, 1000, "child", 7);
    fixture.threads[0].open = 3;
    fixture.processes[0].exit = PROFILE_EXIT_STATUS;
    notes_add(&notes, &fixture.profile);
    expect_notes("");
    notes = (struct notes){0};
    fixture.threads[0].lost = 5;
    fixture.processes[0].exit = PROFILE_EXIT_SIGNAL;
    fixture.processes[0].exit_value = 9;
    fixture.processes[1].exit = PROFILE_EXIT_SIGNAL;
    notes_add(&notes, &fixture.profile);
    expect_notes(
        "stats: 5 calls are missing: there was no space to record them\n"
        "stats: the program was killed by signal 9 (Killed); calls that had not returned (3) are timed "
        "up to then\n"
        "stats: 1 of the program's other processes were killed; see --by process\n");
}

static void notes_several_programs(void **state)
{
    (void)state;
    process(10, 1, 1000, "server", 7);
    fixture.threads[0].open = 4;
    notes_add(&notes, &fixture.profile);
    fixture.threads[0].open = 0;
    fixture.processes[0].exit = PROFILE_EXIT_SIGNAL;
    fixture.processes[0].exit_value = 6;
    notes_add(&notes, &fixture.profile);
    notes_add(&notes, &fixture.profile);
    expect_notes("stats: 2 of 3 programs were killed, the first by signal 6 (Aborted)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("a process stands below its parent, in the order of their starts", lists_processes),
        TEST("a command that is too long for the terminal is cut", cuts_lines_on_terminals),
        TEST("times have the digits that are known", prints_known_digits),
        TEST("the threads of a process stand together, the busiest first", lists_threads),
        TEST("a process without calls is left out, and its children belong to its parent",
             leaves_out_what_made_no_calls),
        TEST("processes that claim to be each other's parents are listed once", stands_circles),
        TEST("a coroutine is part of its thread, and many short threads are one line", folds_strands),
        TEST("CSV has every figure of processes and threads", prints_csv),
        TEST("a process is kept with its threads, functions and calls alone", selects_processes),
        TEST("threads are kept by pattern or ID, with their recursion", selects_threads),
        TEST("no selection keeps all, and one that matches nothing keeps nothing", selects_all_and_nothing),
        TEST("missing calls and deaths by a signal are reported, usual things are not", notes_what_matters),
        TEST("of several programs the number of killed ones is reported", notes_several_programs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
