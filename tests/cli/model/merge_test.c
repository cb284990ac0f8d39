/*
 * merge_test.c - the contexts and functions that cli/model/merge.c makes one or keeps apart.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files/prof_file.h"
#include "cli/model/inclusive.h"
#include "cli/model/merge.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/rows.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

enum { NS = MERGE_TICKS_PER_NS };

static struct fixture one, two;
static struct merge merge;
static struct message message;

static int setup(void **state)
{
    (void)state;
    fixture_start(&one);
    fixture_start(&two);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    merge_free(&merge);
    merge = (struct merge){0};
    return 0;
}

static void add(const struct fixture *fixture)
{
    assert_int_equal(profile_merge(&merge, &fixture->profile, &message), 0);
}

static void expect_record(uint32_t index, uint32_t parent, uint64_t calls, uint64_t self_ns)
{
    const struct profile_record *record = &merge.profile.records[index];

    assert_in_range(index, 0, merge.profile.record_count - 1);
    assert_int_equal(record->parent, parent);
    assert_int_equal(record->calls, calls);
    assert_int_equal(record->self, self_ns * NS);
}

/* Makes two threads in which main calls work. The clock of the second is COARSE. */
static void fill_two_threads(struct fixture *fixture, double coarse)
{
    uint32_t module = fixture_module(fixture, "/bin/prog", 1);
    uint32_t run = fixture_function(fixture, module, "a.c", 10, "run");
    uint32_t work = fixture_function(fixture, module, "a.c", 3, "work");
    uint32_t root, context = fixture_record(fixture, run, 0, 1, 100, 300);

    fixture_record(fixture, work, context, 5, 200, 200);
    fixture_thread(fixture, coarse);
    root = fixture->threads[fixture->profile.thread_count - 1].root;
    context = fixture_record(fixture, run, root, 2, 10, 30);
    fixture_record(fixture, work, context, 7, 20, 20);
}

static void merges_threads_by_path(void **state)
{
    (void)state;
    fill_two_threads(&one, 1000);
    one.records[2].unwound = 3;
    one.threads[0].open = 2;
    one.threads[1].lost = 4;
    add(&one);
    assert_int_equal(merge.profile.process_count, 1);
    assert_int_equal(merge.profile.thread_count, 1);
    assert_int_equal(merge.profile.record_count, 3);
    expect_record(1, 0, 3, 100 + 10000);
    expect_record(2, 1, 12, 200 + 20000);
    assert_int_equal(merge.profile.records[1].inclusive, (300 + 30000) * NS);
    assert_int_equal(merge.profile.records[2].unwound, 3);
    assert_int_equal(merge.profile.threads[0].open, 2);
    assert_int_equal(merge.profile.threads[0].lost, 4);
}

static void does_not_grow(void **state)
{
    (void)state;
    fill_two_threads(&one, 1);
    for (int i = 0; i < 1000; i++)
        add(&one);
    assert_int_equal(merge.profile.record_count, 3);
    assert_int_equal(merge.profile.function_count, 2);
    assert_int_equal(merge.profile.module_count, 1);
    assert_int_equal(merge.functions.place_count, 2);
    expect_record(2, 1, 12000, 220000);
}

static void keeps_recursion(void **state)
{
    (void)state;
    uint32_t function = fixture_function(&one, PROFILE_NONE, "a.c", 1, "fib");
    uint32_t outer = fixture_record(&one, function, 0, 1, 5, 25);
    fixture_back_edge(&one, outer, outer, 9, 20);
    add(&one);
    add(&one);
    assert_int_equal(merge.profile.record_count, 3);
    assert_int_equal(merge.profile.records[1].target, 1);
    assert_int_equal(merge.profile.records[2].target, 1);
    expect_record(2, 1, 18, 40);
    assert_int_equal(merge.profile.edge_count, 1);
    assert_int_equal(merge.profile.edges[0].nested, 18);
    assert_int_equal(merge.profile.threads[0].edge_count, 1);
}

/* Makes two builds. In each the root calls function NAME. */
static uint32_t call(struct fixture *fixture, uint32_t module, uint32_t line, const char *name,
                     uint64_t offset)
{
    uint32_t function = fixture_function(fixture, module, "a.c", line, name);

    fixture->functions[function].offset = offset;
    return fixture_record(fixture, function, 0, 1, 1, 1);
}

static void knows_a_build_that_moved(void **state)
{
    (void)state;
    call(&one, fixture_module(&one, "/here/prog", 1), 3, "f", 0x10);
    call(&two, fixture_module(&two, "/there/prog", 1), 3, "f", 0x10);
    add(&one);
    add(&two);
    assert_int_equal(merge.profile.module_count, 1);
    expect_record(1, 0, 2, 2);
}

static void matches_builds_by_source(void **state)
{
    (void)state;
    call(&one, fixture_module(&one, "/bin/prog", 1), 3, "f", 0x10);
    uint32_t module = fixture_module(&two, "/bin/prog", 2);
    call(&two, module, 3, "f", 0x20);
    call(&two, module, 4, "f", 0x30);
    call(&two, module, 3, "g", 0x10);
    add(&one);
    add(&two);
    add(&two);
    assert_int_equal(merge.profile.module_count, 2);
    assert_int_equal(merge.profile.function_count, 3);
    expect_record(1, 0, 3, 3);
}

static void matches_builds_of_other_names(void **state)
{
    (void)state;
    call(&one, fixture_module(&one, "/bin/prog-O0", 1), 3, "f", 0x10);
    uint32_t module = fixture_module(&two, "/bin/prog-O2", 2);
    call(&two, module, 3, "f", 0x20);
    call(&two, module, 4, "f", 0x30);
    add(&one);
    add(&two);
    add(&two);
    assert_int_equal(merge.profile.function_count, 2);
    assert_int_equal(merge.functions.place_count, 3);
    expect_record(1, 0, 3, 3);
    expect_record(2, 0, 2, 2);
}

/* An inline function of a header is in both. TWO has it in two modules that ONE does not have. */
static void keeps_modules_apart(void **state)
{
    (void)state;
    call(&one, fixture_module(&one, "/bin/prog", 1), 3, "f", 0x10);
    call(&one, fixture_module(&one, "/lib/a.so", 2), 3, "f", 0x10);
    call(&two, fixture_module(&two, "/bin/prog", 1), 3, "f", 0x10);
    call(&two, fixture_module(&two, "/lib/b.so", 3), 3, "f", 0x10);
    add(&one);
    add(&two);
    assert_int_equal(merge.profile.function_count, 3);
    fixture_start(&two);
    call(&two, fixture_module(&two, "/bin/c", 4), 3, "f", 0x10);
    call(&two, fixture_module(&two, "/bin/d", 5), 3, "f", 0x10);
    add(&two);
    assert_int_equal(merge.profile.function_count, 4);
    expect_record(1, 0, 3, 3);
}

static void keeps_namesakes_apart(void **state)
{
    (void)state;
    uint32_t module = fixture_module(&one, "/bin/prog", 1);
    call(&one, module, 3, "f", 0x10);
    call(&one, module, 3, "f", 0x20);
    call(&one, fixture_module(&one, "/lib/other.so", 2), 3, "f", 0x10);
    module = fixture_module(&two, "/bin/prog", 3);
    call(&two, module, 3, "f", 0x110);
    call(&two, module, 3, "f", 0x120);
    add(&one);
    add(&two);
    assert_int_equal(merge.profile.function_count, 3);
    expect_record(1, 0, 2, 2);
    expect_record(2, 0, 2, 2);
    expect_record(3, 0, 1, 1);
}

static void call_once(struct fixture *fixture)
{
    fixture_record(fixture, fixture_function(fixture, PROFILE_NONE, "a.c", 1, "f"), 0, 1, 1, 1);
}

static void keeps_what_is_common(void **state)
{
    (void)state;
    one.processes[0] = two.processes[0] = (struct profile_process){.pid = 7,
                                                                   .command = "prog",
                                                                   .tick_ns = 1,
                                                                   .end = 50,
                                                                   .start_time = 2,
                                                                   .exit = PROFILE_EXIT_SIGNAL,
                                                                   .exit_value = 9};
    call_once(&one);
    call_once(&two);
    add(&one);
    add(&two);
    const struct profile_process *process = &merge.profile.processes[0];
    assert_string_equal(process->command, "prog");
    assert_int_equal(process->exit_value, 9);
    assert_int_equal(process->end, 100 * NS);
    two.processes[0].pid = 8;
    two.processes[0].command = "other";
    two.processes[0].exit_value = 11;
    two.processes[0].start_time = 1;
    add(&two);
    assert_int_equal(process->pid, 0);
    assert_string_equal(process->command, "");
    assert_int_equal(process->exit, PROFILE_EXIT_UNKNOWN);
    assert_int_equal(process->start_time, 1);
}

static void adds_up_the_runs(void **state)
{
    (void)state;
    one.processes[0].end = 50;
    one.processes[0].cpu = 40;
    two.processes[0].end = 30;
    two.processes[0].cpu = 60;
    call_once(&one);
    call_once(&two);
    add(&one);
    add(&two);
    const struct profile_process *process = &merge.profile.processes[0];
    assert_int_equal(process->runs, 2);
    assert_int_equal(process->count, 2);
    assert_int_equal(process->end, 80 * NS);
    assert_true(process->cpu == 100);
    one.processes[0].cpu = 0;
    add(&one);
    add(&two);
    assert_int_equal(process->runs, 4);
    assert_true(process->cpu == 0);
}

static void stops_at_the_greatest(void **state)
{
    (void)state;
    fixture_record(&one, fixture_function(&one, PROFILE_NONE, "a.c", 1, "f"), 0, UINT64_MAX, INT64_MAX, 1);
    one.processes[0].tick_ns = 1e300;
    one.processes[0].children_lost = UINT32_MAX;
    one.processes[0].unsampled = UINT64_MAX;
    add(&one);
    add(&one);
    assert_int_equal(merge.profile.processes[0].children_lost, 2 * (uint64_t)UINT32_MAX);
    assert_int_equal(merge.profile.processes[0].unsampled, INT64_MAX);
    assert_int_equal(merge.profile.records[1].calls, INT64_MAX);
    assert_int_equal(merge.profile.records[1].self, INT64_MAX);
}

/* Makes the inclusive times of FIXTURE the sums that they are in a file. */
static void sum_inclusive(struct fixture *fixture)
{
    for (size_t i = 0; i < fixture->profile.thread_count; i++)
        assert_int_equal(inclusive_sum(&fixture->profile, &fixture->threads[i]), 0);
}

/* Returns the figures of a table's rows as text, which the caller frees. */
static char *table_text(const struct profile *a, const struct profile *b)
{
    struct table table = {0};
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_int_equal(table_add(&table, a, &message), 0);
    if (b != NULL)
        assert_int_equal(table_add(&table, b, &message), 0);
    assert_int_equal(table_finish(&table, &message), 0);
    for (size_t i = 0; i < table.row_count; i++)
        fprintf(stream, "%s %ju/%ju %.1f %.1f\n", table.rows[i].text, (uintmax_t)table.rows[i].ncalls,
                (uintmax_t)table.rows[i].pcalls, table.rows[i].tottime, table.rows[i].cumtime);
    fclose(stream);
    table_free(&table);
    return text;
}

static void sums_like_the_table(void **state)
{
    (void)state;
    struct profile read = {0};
    struct byte_writer out = {0};

    fill_two_threads(&one, 0.25);
    fixture_back_edge(&one, one.threads[1].root + 2, one.threads[1].root + 1, 3, 4);
    fill_two_threads(&two, 3);
    sum_inclusive(&one);
    sum_inclusive(&two);
    add(&one);
    add(&two);
    assert_int_equal(prof_write(&out, &merge.profile, &message), 0);
    assert_int_equal(prof_read(&read, out.bytes, out.size, "sum", &message), 0);
    char *expected = table_text(&one.profile, &two.profile), *actual = table_text(&merge.profile, NULL);
    char *after = table_text(&read, NULL);
    assert_string_equal(actual, expected);
    assert_string_equal(after, expected);
    free(expected);
    free(actual);
    free(after);
    free(out.bytes);
    model_free(&read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("contexts of one path are one, in any thread and clock", merges_threads_by_path),
        TEST("a thousand profiles of one tree take the memory of one", does_not_grow),
        TEST("a recursive call leads to the merged ancestor, and stays apart from other calls",
             keeps_recursion),
        TEST("a build is known by its build-id, wherever its file is", knows_a_build_that_moved),
        TEST("functions of different builds are matched by file, line and name", matches_builds_by_source),
        TEST("functions of builds with other names and places are matched too",
             matches_builds_of_other_names),
        TEST("functions of one name in modules that one profile has both stay apart", keeps_modules_apart),
        TEST("functions of one name in one profile stay apart", keeps_namesakes_apart),
        TEST("the sum has the command, pid and exit that all have, or none", keeps_what_is_common),
        TEST("a sum has the wall and CPU time of all runs, or no CPU time if that of one is unknown",
             adds_up_the_runs),
        TEST("sums stop at the greatest number", stops_at_the_greatest),
        TEST("the table of the sum is the table of its parts, also from a file", sums_like_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
