/*
 * compare_test.c - how cli/analysis/diff.c and spread.c compare profiles, by the rows that cli/table/match.c
 * matches, and how cli/report prints the result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analysis/diff.h"
#include "cli/analysis/spread.h"
#include "cli/report/diff_print.h"
#include "cli/report/spread_print.h"
#include "cli/table/restrict.h"
#include "cli/table/sort.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

#define DIFF_HEADING                                                                                         \
    "   ncalls   tottime       %   percall   cumtime       %   percall filename:lineno(function)\n"

static struct fixture before, now;
static struct table old, new;
static struct diff diff;
static struct spread spread;
static struct table_list list;
static struct message message;
static char *printed;

static int setup(void **state)
{
    (void)state;
    fixture_start(&before);
    fixture_start(&now);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    table_list_free(&list);
    diff_close(&diff);
    spread_free(&spread);
    table_free(&old);
    table_free(&new);
    free(printed);
    printed = NULL;
    return 0;
}

/* Adds a function that was called CALLS times and took SELF ns. */
static void call(struct fixture *fixture, const char *file, uint32_t line, const char *name, uint64_t calls,
                 uint64_t self)
{
    if (fixture->profile.module_count == 0)
        fixture_module(fixture, fixture == &now ? "/new/prog" : "/old/prog", fixture == &now);
    fixture_record(fixture, fixture_function(fixture, 0, file, line, name), 0, calls, self, 2 * self);
}

/* Opens a stream whose text is in PRINTED after end_print(). */
static FILE *begin_print(void)
{
    static size_t size;

    free(printed);
    return open_memstream(&printed, &size);
}

static void end_print(FILE *stream, const char *expected)
{
    fclose(stream);
    assert_string_equal(printed, expected);
}

static void compare(const char *sort)
{
    struct sort_order order = {0};

    fixture_sum_up(&old, &before, 0);
    fixture_sum_up(&new, &now, 0);
    assert_int_equal(diff_open(&diff, &old, &new, &message), 0);
    assert_int_equal(diff_list(&diff, &list, &message), 0);
    assert_int_equal(sort_parse(&order, sort, &message), 0);
    sort_apply(&order, 0, &list);
}

static void expect_diff(const char *expected)
{
    const char *titles[] = {"new.prof", "old\033.prof"};
    struct report report = {
        .table = &new, .list = &list, .order = "internal time", .titles = titles, .title_count = 1};
    FILE *stream = begin_print();

    diff_print(stream, &diff, &report);
    end_print(stream, expected);
}

static const struct diff_row *row(size_t i)
{
    assert_in_range(i, 0, list.count - 1);
    return (const struct diff_row *)list.rows[i];
}

static void prints_changes(void **state)
{
    (void)state;
    call(&before, "a.c", 1, "slower", 10, 1000);
    call(&before, "a.c", 2, "faster", 10, 5000);
    call(&before, "a.c", 3, "gone", 1, 300);
    call(&before, "a.c", 4, "same", 1, 1);
    call(&now, "a.c", 1, "slower", 20, 3000);
    call(&now, "a.c", 2, "faster", 10, 1000);
    call(&now, "a.c", 4, "same", 1, 1);
    call(&now, "a.c", 5, "new", 2, 200);
    compare("tottime");
    expect_diff("new.prof\n"
                "\n"
                "         33 function calls in 4.201us\n"
                "\n"
                "   Compared with: old\\x1b.prof\n"
                "   which has 22 function calls in 6.301us\n"
                "   Changed: 4 of 5 functions; total -2.100us (-33.3%)\n"
                "\n"
                "   Ordered by: change of internal time\n"
                "\n" DIFF_HEADING
                "       +0  -4.000us  -80.0%  -400.0ns  -8.000us  -80.0%  -800.0ns a.c:2(faster)\n"
                "      +10  +2.000us +200.0%  +50.00ns  +4.000us +200.0%  +100.0ns a.c:1(slower)\n"
                "       -1  -300.0ns    gone  -300.0ns  -600.0ns    gone  -600.0ns a.c:3(gone)\n"
                "       +2  +200.0ns     new  +100.0ns  +400.0ns     new  +200.0ns a.c:5(new)\n"
                "\n"
                "   No change beyond the error:\n"
                "       +0       0ns       ~       0ns       0ns       ~       0ns a.c:4(same)\n"
                "\n\n");
}

/* Says that the last function of FIXTURE has a standard error of ERROR ns. */
static void set_error(struct fixture *fixture, double error)
{
    fixture->records[fixture->profile.record_count - 1].variance = error * error;
}

static void marks_what_is_within_the_error(void **state)
{
    (void)state;
    call(&before, "a.c", 1, "unsure", 10, 50000);
    set_error(&before, 12000);
    call(&before, "a.c", 2, "sure", 10, 50000);
    set_error(&before, 300);
    call(&before, "a.c", 3, "rest", 1, 60000);
    call(&now, "a.c", 1, "unsure", 10, 65000);
    set_error(&now, 15000);
    call(&now, "a.c", 2, "sure", 10, 65000);
    set_error(&now, 400);
    call(&now, "a.c", 3, "rest", 1, 60000);
    compare("tottime");
    assert_int_equal(diff.changed, 1);
    assert_int_equal(diff_put_changed_first(&list, &message), 0);
    assert_string_equal(row(0)->row.name, "sure");
    assert_true(row(0)->tottime.is_known);
    assert_in_range(row(0)->tottime.error, 400, 499); /* 300 and 400, less what samples say of the others */
    assert_string_equal(row(1)->row.name, "unsure");
    assert_false(row(1)->tottime.is_known);
}

static void takes_no_run_for_another(void **state)
{
    (void)state;
    call(&before, "a.c", 1, "timed", 10, 1000000);
    call(&before, "a.c", 2, "tiny", 1, 200);
    call(&now, "a.c", 1, "timed", 10, 1050000);
    call(&now, "a.c", 2, "tiny", 1, 400);
    compare("tottime");
    assert_int_equal(diff.changed, 0);
    assert_false(diff.total.is_known);
}

static void tells_a_busy_machine_from_a_change(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};

    (void)state;
    for (uint32_t i = 0; i < 9; i++) {
        call(&before, "a.c", i + 1, names[i], 10, 100000);
        call(&now, "a.c", i + 1, names[i], 10, i == 4 ? 200000 : i % 2 == 0 ? 112000 : 90000);
    }
    compare("tottime");
    assert_int_equal(diff.changed, 1);
    assert_string_equal(row(0)->row.name, "e");
    assert_true(diff.repeats > 0.09 && diff.repeats < 0.13);
}

static void asks_for_more_of_many_functions(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 50; i++) { /* sqrt(2 ln 50) is 2.8 */
        call(&before, "a.c", i + 1, "f", 10, 100000);
        set_error(&before, 10000);
        call(&now, "a.c", i + 1, "f", 10, i == 0 ? 135000 : i == 1 ? 150000 : 100000);
        set_error(&now, 10000);
        before.records[i + 1].inclusive = before.records[i + 1].self;
        now.records[i + 1].inclusive = now.records[i + 1].self;
    }
    compare("tottime");
    assert_int_equal(diff.changed, 1);
    assert_int_equal(row(0)->row.line, 2);
}

static void knows_any_change_of_a_count(void **state)
{
    (void)state;
    call(&before, "a.c", 1, "f", 1000000, 1000);
    call(&before, "a.c", 2, "bytes", 1, 1000000);
    call(&now, "a.c", 1, "f", 1000001, 1000);
    call(&now, "a.c", 2, "bytes", 1, 1000001);
    before.processes[0].timer = now.processes[0].timer = PROFILE_TIMER_CUSTOM;
    before.processes[0].unit = now.processes[0].unit = "bytes";
    compare("name");
    assert_true(row(0)->has_changed);
    assert_true(row(0)->tottime.is_known);
    assert_true(row(1)->has_changed);
    assert_false(row(1)->tottime.is_known);
}

static void puts_changes_first_in_any_order(void **state)
{
    (void)state;
    for (uint32_t line = 1; line <= 6; line++) {
        static const char *const names[] = {"a", "b", "c", "d", "e", "f"};

        call(&before, "a.c", line, names[line - 1], 1, 1000);
        call(&now, "a.c", line, names[line - 1], 1 + line % 2, 1000);
    }
    compare("name");
    assert_int_equal(diff_put_changed_first(&list, &message), 0);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(row(i)->row.name, ((const char *const[]){"a", "c", "e", "b", "d", "f"})[i]);
}

static void orders_by_size_of_change(void **state)
{
    (void)state;
    call(&before, "a.c", 1, "few", 10, 1000);
    call(&before, "a.c", 2, "many", 100, 1000);
    call(&now, "a.c", 1, "few", 12, 9000);
    call(&now, "a.c", 2, "many", 10, 1000);
    compare("calls");
    assert_string_equal(row(0)->row.name, "many");
    assert_string_equal(row(1)->row.name, "few");
}

static void matches_moved_lines_and_trees(void **state)
{
    (void)state;
    call(&before, "/v1/a.c", 10, "stays", 1, 1);
    call(&before, "/v1/b.c", 20, "moves", 1, 1);
    call(&before, "/v1/c.c", 30, "elsewhere", 1, 1);
    call(&before, "/v1/d.c", 30, "leaves", 1, 1);
    call(&now, "/v1/a.c", 10, "stays", 2, 1);
    call(&now, "/v1/b.c", 25, "moves", 2, 1);
    call(&now, "/v2/c.c", 33, "elsewhere", 2, 1);
    call(&now, "/v2/e.c", 30, "leaves", 2, 1);
    compare("name");
    assert_int_equal(list.count, 5);
    for (size_t i = 0; i < 5; i++)
        if (strcmp(row(i)->row.name, "leaves") == 0)
            assert_true((row(i)->before == NULL) != (row(i)->now == NULL));
        else
            assert_string_equal(row(i)->before->name, row(i)->now->name);
}

static void prefers_the_same_line(void **state)
{
    (void)state;
    call(&before, "a.c", 10, "f", 1, 1);
    call(&before, "a.c", 20, "f", 2, 1);
    call(&now, "a.c", 15, "f", 4, 1);
    call(&now, "a.c", 20, "f", 8, 1);
    compare("line");
    assert_int_equal(list.count, 2);
    assert_int_equal(row(0)->before->line, 10);
    assert_int_equal(row(1)->before->line, 20);
}

static void tells_overloads_apart(void **state)
{
    (void)state;
    call(&before, "a.cc", 1, "_Z1fi", 1, 1);
    call(&now, "a.cc", 9, "_Z1fd", 1, 1);
    call(&now, "a.cc", 5, "_Z1fi", 1, 1);
    compare("line");
    assert_int_equal(list.count, 2);
    assert_non_null(row(0)->before);
    assert_null(row(1)->before);
}

static void prints_csv(void **state)
{
    (void)state;
    call(&before, "a.c", 3, "f", 1, 300);
    call(&now, "a.c", 4, "f", 2, 200);
    compare("tottime");
    FILE *stream = begin_print();
    diff_print_csv(stream, &diff, &list);
    end_print(stream, "ncalls_before,ncalls,pcalls_before,pcalls,tottime_ns_before,tottime_ns,"
                      "cumtime_ns_before,cumtime_ns,file,line,function,module,"
                      "tottime_error_ns,cumtime_error_ns,calls_changed,tottime_changed,cumtime_changed\n"
                      "1,2,1,2,300,200,600,400,a.c,4,f,/new/prog,0,0,1,1,1\n");
}

/* Adds the profile in BEFORE as one more file. */
static void add_file(void)
{
    struct table table = {0};

    fixture_sum_up(&table, &before, 0);
    assert_int_equal(spread_add(&spread, &table, &message), 0);
    table_free(&table);
    fixture_start(&before);
}

/* Adds one more file, in which f took F ns and g took G ns. */
static void add_times(uint64_t f, uint64_t g)
{
    if (f > 0)
        call(&before, "a.c", 1, "f", 1, f);
    if (g > 0)
        call(&before, "a.c", 2, "g", 1, g);
    add_file();
}

/* Adds one more file, in which f was called CALLS times, of which it called itself RECURSIVE times. */
static void add_calls(uint64_t calls, uint64_t recursive, uint64_t self, uint64_t inclusive)
{
    uint32_t f = fixture_function(&before, PROFILE_NONE, "a.c", 1, "f");
    uint32_t outer = fixture_record(&before, f, 0, calls - recursive, self, inclusive);

    if (recursive > 0)
        fixture_back_edge(&before, outer, outer, recursive, 0);
    add_file();
}

/* Expects EXPECTED as the CSV of the first function. */
static void expect_spread(const char *expected)
{
    FILE *stream = begin_print();

    assert_int_equal(spread_list(&spread, &list, &message), 0);
    list.count = 1;
    spread_print_csv(stream, &spread, &list);
    end_print(stream, expected);
}

static void spreads_over_files(void **state)
{
    (void)state;
    struct report report = {.table = &new, .list = &list, .order = "internal time"};
    struct restrictions restrictions = {0};

    add_times(100, 0);
    add_times(300, 50);
    add_times(200, 0);
    assert_int_equal(spread_list(&spread, &list, &message), 0);
    FILE *stream = begin_print();
    spread_print(stream, &spread, &report);
    spread_print_csv(stream, &spread, &list);
    fclose(stream);
    assert_non_null(strstr(printed,
                           "   Ordered by: internal time\n"
                           "\n"
                           "   files    ncalls      min     mean      max  imbal filename:lineno(function)\n"
                           "       3         3  100.0ns  200.0ns  300.0ns  50.0% a.c:1(f)\n"
                           "       1         1      0ns  16.67ns  50.00ns 200.0% a.c:2(g)\n"
                           "\n\n"
                           "files,ncalls,min_ns,mean_ns,max_ns,imbalance,file,line,function,module\n"
                           "3,3,100,200,300,50.00,a.c,1,f,/old/prog\n"));
    restrict_add(&restrictions, "(g)", &message);
    assert_int_equal(restrict_apply(&restrictions, &list, &message), 0);
    assert_int_equal(list.count, 1);
    restrict_free(&restrictions);
}

static void spreads_cumulative_time(void **state)
{
    (void)state;
    spread.figure = SORT_CUMTIME;
    add_calls(1, 0, 5, 100);
    add_calls(1, 0, 5, 300);
    expect_spread("files,ncalls,min_ns,mean_ns,max_ns,imbalance,file,line,function,module\n"
                  "2,2,100,200,300,50.00,a.c,1,f,\n");
}

static void spreads_calls(void **state)
{
    (void)state;
    struct report report = {.table = &new, .list = &list, .order = "call count"};

    spread.figure = SORT_NCALLS;
    add_calls(4, 2, 5, 5);
    add_calls(1, 0, 5, 5);
    expect_spread("files,ncalls,min,mean,max,imbalance,file,line,function,module\n"
                  "2,5,1.00,2.50,4.00,60.00,a.c,1,f,\n");
    FILE *stream = begin_print();
    spread_print(stream, &spread, &report);
    fclose(stream);
    assert_non_null(strstr(printed, "       2         5        1      2.5        4  60.0% a.c:1(f)\n"));
}

static void spreads_primitive_calls(void **state)
{
    (void)state;
    spread.figure = SORT_PCALLS;
    add_calls(4, 3, 5, 5);
    add_calls(3, 0, 5, 5);
    expect_spread("files,ncalls,min,mean,max,imbalance,file,line,function,module\n"
                  "2,7,1.00,2.00,3.00,50.00,a.c,1,f,\n");
}

static void spreads_times_per_call(void **state)
{
    (void)state;
    spread.figure = SORT_PERCALL;
    add_calls(4, 0, 5, 5);
    add_file(); /* f is not called in it, so it has no time per call */
    add_calls(2, 0, 7, 7);
    expect_spread("files,ncalls,min_ns,mean_ns,max_ns,imbalance,file,line,function,module\n"
                  "2,6,1.25,2.38,3.50,47.37,a.c,1,f,\n");
}

static void spreads_over_builds(void **state)
{
    (void)state;
    add_times(100, 0);
    fixture_module(&before, "/other/prog", 7);
    add_times(300, 0);
    expect_spread("files,ncalls,min_ns,mean_ns,max_ns,imbalance,file,line,function,module\n"
                  "2,2,100,200,300,50.00,a.c,1,f,/old/prog\n");
}

static void does_not_grow_with_files(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= 1000; i++)
        add_times(i, 5);
    assert_int_equal(spread.count, 2);
    assert_int_equal(spread.files, 1000);
    assert_true(spread.rows[0].min == 1 && spread.rows[0].max == 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("each function's changes are printed, new and vanished ones marked", prints_changes),
        TEST("a change within twice the error is marked, and the others come first",
             marks_what_is_within_the_error),
        TEST("times that differ by a few percent, or by next to nothing of all time, have not changed",
             takes_no_run_for_another),
        TEST("where most functions differ, only those have changed that differ by more",
             tells_a_busy_machine_from_a_change),
        TEST("of many functions, a change must be greater to stand out", asks_for_more_of_many_functions),
        TEST("any change of a count is a change", knows_any_change_of_a_count),
        TEST("functions that have changed come first in any order", puts_changes_first_in_any_order),
        TEST("rows are ordered by the size of the change, up or down", orders_by_size_of_change),
        TEST("functions are matched where lines or whole trees have moved", matches_moved_lines_and_trees),
        TEST("of functions of one name, the one that did not move is matched first", prefers_the_same_line),
        TEST("overloads are told apart by their linkage name", tells_overloads_apart),
        TEST("CSV has the figures of both", prints_csv),
        TEST("a function's least, mean and greatest time of all files are printed", spreads_over_files),
        TEST("a function's times with callees are spread over files, if these are wanted",
             spreads_cumulative_time),
        TEST("a function's calls are spread over files", spreads_calls),
        TEST("a function's primitive calls are spread over files", spreads_primitive_calls),
        TEST("a function's times per call are spread over the files that call it", spreads_times_per_call),
        TEST("functions of a program that was renamed are matched", spreads_over_builds),
        TEST("a thousand files take the memory of one", does_not_grow_with_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
