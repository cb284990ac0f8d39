/*
 * tree_test.c - how cli/analysis/tree.c and tree_walk.c walk a profile's calling contexts, and how
 * cli/report/tree_print.c and tree_report.c print them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/model/merge.h"
#include "cli/report/tree_report.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

#define HEADING "   ncalls  tottime       %  cumtime       %  filename:lineno(function)\n"

static struct fixture fixture;
static struct message message;
static char *printed;

static int setup(void **state)
{
    (void)state;
    fixture_start(&fixture);
    setenv("LC_ALL", "C.UTF-8", 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(printed);
    printed = NULL;
    return 0;
}

/* Prints PROFILE's tree. Returns the result of tree_report_print(). */
static int print_profile_view(const struct profile *profile, struct tree_settings settings,
                              const struct view *view)
{
    struct merge merge = {0};
    struct table table = {0};
    uint32_t *rows = calloc(profile->function_count + 1, sizeof *rows);
    size_t size;

    free(printed);
    FILE *stream = open_memstream(&printed, &size);
    assert_int_equal(profile_merge(&merge, profile, &message), 0);
    assert_int_equal(table_track(&table, &merge.profile, rows, &message), 0);
    assert_int_equal(table_finish(&table, &message), 0);
    int result = tree_report_print(stream, &settings, view, &table, &merge.profile, rows, &message);
    fclose(stream);
    table_free(&table);
    merge_free(&merge);
    free(rows);
    return result;
}

static int print_profile(const struct profile *profile, struct tree_settings settings)
{
    const struct view view = {.unit = REPORT_UNIT_AUTO};

    return print_profile_view(profile, settings, &view);
}

static void print_view(struct tree_settings settings, struct view *view)
{
    assert_int_equal(print_profile_view(&fixture.profile, settings, view), 0);
    restrict_free(&view->restrictions);
}

static void print(struct tree_settings settings)
{
    assert_int_equal(print_profile(&fixture.profile, settings), 0);
}

/* Returns the lines of the tree itself, after the heading. */
static void expect_tree(const char *expected)
{
    const char *heading = strstr(printed, HEADING);

    assert_non_null(heading);
    assert_string_equal(heading + strlen(HEADING), expected);
}

/* Fills the fixture: main calls parse, which calls read, and eval, which calls itself and read. */
static void fill(void)
{
    uint32_t start = fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "main");
    uint32_t parse = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "parse");
    uint32_t eval = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "eval");
    uint32_t read = fixture_function(&fixture, PROFILE_NONE, "a.c", 4, "read");
    uint32_t top = fixture_record(&fixture, start, 0, 1, 100, 1000);
    uint32_t below = fixture_record(&fixture, parse, top, 2, 50, 200);
    fixture_record(&fixture, read, below, 10, 150, 150);
    below = fixture_record(&fixture, eval, top, 3, 200, 700);
    fixture_record(&fixture, read, below, 20, 100, 100);
    fixture_back_edge(&fixture, below, below, 7, 400);
}

static void prints_top_down(void **state)
{
    (void)state;
    fill();
    print((struct tree_settings){.limit = -1});
    assert_string_equal(printed, "         43 function calls (36 primitive calls) in 1.000us\n"
                                 "\n"
                                 "   Calling contexts, by cumulative time\n"
                                 "\n" HEADING "        1  100.0ns   10.0%  1.000us  100.0%  a.c:1(main)\n"
                                 "        3  200.0ns   20.0%  700.0ns   70.0%  ├─a.c:3(eval)\n"
                                 "        7  400.0ns   40.0%  400.0ns   40.0%  │ ├─a.c:3(eval) (recursive)\n"
                                 "       20  100.0ns   10.0%  100.0ns   10.0%  │ └─a.c:4(read)\n"
                                 "        2  50.00ns    5.0%  200.0ns   20.0%  └─a.c:2(parse)\n"
                                 "       10  150.0ns   15.0%  150.0ns   15.0%    └─a.c:4(read)\n"
                                 "\n\n");
}

static void prints_bottom_up(void **state)
{
    (void)state;
    fill();
    print((struct tree_settings){.limit = -1, .upwards = 1, .function = "read"});
    expect_tree("       30  250.0ns  100.0%  250.0ns  100.0%  a.c:4(read)\n"
                "       10  150.0ns   60.0%  150.0ns   60.0%  ├─a.c:2(parse)\n"
                "       10  150.0ns   60.0%  150.0ns   60.0%  │ └─a.c:1(main)\n"
                "       20  100.0ns   40.0%  100.0ns   40.0%  └─a.c:3(eval)\n"
                "       20  100.0ns   40.0%  100.0ns   40.0%    └─a.c:1(main)\n"
                "\n\n");
}

static void orders_siblings(void **state)
{
    struct view view = {.unit = REPORT_UNIT_AUTO};

    (void)state;
    fill();
    assert_int_equal(sort_parse(&view.order, "line", &message), 0);
    print_view((struct tree_settings){.limit = -1}, &view);
    assert_non_null(strstr(printed, "   Calling contexts, by line number\n\n"));
    expect_tree("        1  100.0ns   10.0%  1.000us  100.0%  a.c:1(main)\n"
                "        2  50.00ns    5.0%  200.0ns   20.0%  ├─a.c:2(parse)\n"
                "       10  150.0ns   15.0%  150.0ns   15.0%  │ └─a.c:4(read)\n"
                "        3  200.0ns   20.0%  700.0ns   70.0%  └─a.c:3(eval)\n"
                "        7  400.0ns   40.0%  400.0ns   40.0%    ├─a.c:3(eval) (recursive)\n"
                "       20  100.0ns   10.0%  100.0ns   10.0%    └─a.c:4(read)\n"
                "\n\n");
    view.reverse = 1;
    print_view((struct tree_settings){.limit = -1, .min_percent = 30}, &view);
    expect_tree("        1  100.0ns   10.0%  1.000us  100.0%  a.c:1(main)\n"
                "        3  200.0ns   20.0%  700.0ns   70.0%  ├─a.c:3(eval)\n"
                "        7  400.0ns   40.0%  400.0ns   40.0%  │ ├─a.c:3(eval) (recursive)\n"
                "       20  100.0ns   10.0%  100.0ns   10.0%  │ └─(1 more below 30%)\n"
                "        2  50.00ns    5.0%  200.0ns   20.0%  └─(1 more below 30%)\n"
                "\n\n");
}

static void keeps_what_leads_to_a_match(void **state)
{
    struct view view = {.unit = REPORT_UNIT_AUTO};

    (void)state;
    fill();
    assert_int_equal(restrict_add(&view.restrictions, "parse|eval", &message), 0);
    print_view((struct tree_settings){.limit = -1}, &view);
    assert_non_null(strstr(printed, "   List reduced from 4 to 2 due to restriction <'parse|eval'>\n\n"));
    expect_tree("        1  100.0ns   10.0%  1.000us  100.0%  a.c:1(main)\n"
                "        3  200.0ns   20.0%  700.0ns   70.0%  ├─a.c:3(eval)\n"
                "        7  400.0ns   40.0%  400.0ns   40.0%  │ └─a.c:3(eval) (recursive)\n"
                "        2  50.00ns    5.0%  200.0ns   20.0%  └─a.c:2(parse)\n"
                "\n\n");
    assert_int_equal(restrict_add(&view.restrictions, "parse", &message), 0);
    print_view((struct tree_settings){.limit = -1, .upwards = 1, .function = "read"}, &view);
    expect_tree("       30  250.0ns  100.0%  250.0ns  100.0%  a.c:4(read)\n"
                "       10  150.0ns   60.0%  150.0ns   60.0%  └─a.c:2(parse)\n"
                "\n\n");
    assert_int_equal(restrict_add(&view.restrictions, "nothing", &message), 0);
    print_view((struct tree_settings){.limit = -1}, &view);
    expect_tree("\n\n");
}

static void prints_csv(void **state)
{
    struct view view = {.kind = VIEW_CSV};

    (void)state;
    fill();
    print_view((struct tree_settings){.limit = -1, .min_percent = -1}, &view);
    assert_string_equal(printed, "level,ncalls,tottime_ns,cumtime_ns,recursive,file,line,function,module\n"
                                 "0,1,100,1000,0,a.c,1,main,\n"
                                 "1,3,200,700,0,a.c,3,eval,\n"
                                 "2,7,400,400,1,a.c,3,eval,\n"
                                 "2,20,100,100,0,a.c,4,read,\n"
                                 "1,2,50,200,0,a.c,2,parse,\n"
                                 "2,10,150,150,0,a.c,4,read,\n");
    print_view((struct tree_settings){.limit = -1, .min_percent = 50}, &view);
    assert_string_equal(printed, "level,ncalls,tottime_ns,cumtime_ns,recursive,file,line,function,module\n"
                                 "0,1,100,1000,0,a.c,1,main,\n"
                                 "1,3,200,700,0,a.c,3,eval,\n");
}

static void folds_nothing_at_0(void **state)
{
    struct view view = {.kind = VIEW_CSV};

    (void)state;
    fill();
    /* read, below eval; a negative sum is printed as 0 */
    fixture.records[5].self = fixture.records[5].inclusive = -5;
    print_view((struct tree_settings){.limit = -1, .min_percent = 0}, &view);
    assert_non_null(strstr(printed, "\n2,20,0,0,0,a.c,4,read,\n"));
}

static void divides_recursive_time(void **state)
{
    (void)state;
    fill();
    print((struct tree_settings){.limit = -1, .upwards = 1, .function = "eval"});
    expect_tree("       10  600.0ns   85.7%  700.0ns  100.0%  a.c:3(eval)\n"
                "        7  400.0ns   57.1%  400.0ns   57.1%  ├─a.c:3(eval) (recursive)\n"
                "        7  400.0ns   57.1%  400.0ns   57.1%  │ └─a.c:1(main)\n"
                "        3  200.0ns   28.6%  300.0ns   42.9%  └─a.c:1(main)\n"
                "\n\n");
}

static void divides_shared_rows(void **state)
{
    (void)state;
    fill();
    uint32_t complete = fixture_function(&fixture, PROFILE_NONE, "a.cc", 9, "_ZN4ListC1Ev");
    uint32_t base = fixture_function(&fixture, PROFILE_NONE, "a.cc", 9, "_ZN4ListC2Ev");
    fixture.functions[complete].language = fixture.functions[base].language = SYMBOLIZER_LANGUAGE_CXX;
    uint32_t outer = fixture_record(&fixture, complete, 1, 1, 20, 100);
    fixture_record(&fixture, base, outer, 2, 80, 80);
    print((struct tree_settings){.limit = -1, .upwards = 1, .function = "List::List"});
    expect_tree("        3  100.0ns  100.0%  100.0ns  100.0%  a.cc:9(List::List)\n"
                "        2  80.00ns   80.0%  80.00ns   80.0%  ├─a.cc:9(List::List) (recursive)\n"
                "        2  80.00ns   80.0%  80.00ns   80.0%  │ └─a.c:1(main)\n"
                "        1  20.00ns   20.0%  20.00ns   20.0%  └─a.c:1(main)\n"
                "\n\n");
}

static void folds_what_is_small(void **state)
{
    (void)state;
    fill();
    uint32_t tiny = fixture_function(&fixture, PROFILE_NONE, "a.c", 9, "tiny");
    uint32_t idle = fixture_function(&fixture, PROFILE_NONE, "a.c", 8, "idle");
    fixture_record(&fixture, idle, fixture_record(&fixture, tiny, 1, 5, 4, 9), 6, 5, 5);
    fixture_record(&fixture, idle, 1, 1, 0, 0);
    print((struct tree_settings){.limit = -1, .min_percent = 20.5});
    expect_tree("        1  100.0ns    9.9%  1.009us  100.0%  a.c:1(main)\n"
                "        3  200.0ns   19.8%  700.0ns   69.4%  ├─a.c:3(eval)\n"
                "        7  400.0ns   39.6%  400.0ns   39.6%  │ ├─a.c:3(eval) (recursive)\n"
                "       20  100.0ns    9.9%  100.0ns    9.9%  │ └─(1 more below 20.5%)\n"
                "        8  54.00ns    5.4%  209.0ns   20.7%  └─(3 more below 20.5%)\n"
                "\n\n");
}

static void takes_a_regular_expression(void **state)
{
    (void)state;
    fill();
    print((struct tree_settings){.limit = -1, .upwards = 1, .function = "a.c:[24]"});
    assert_non_null(strstr(printed, "%  a.c:4(read)\n"));
    assert_non_null(strstr(printed, "%  a.c:2(parse)\n"));
    assert_null(strstr(printed, "%  a.c:3(eval)\n"));
    assert_int_equal(print_profile(&fixture.profile,
                                   (struct tree_settings){.limit = -1, .upwards = 1, .function = "nope"}),
                     -1);
    assert_string_equal(message.text, "no function is called 'nope' or matches it");
}

static void draws_by_locale(void **state)
{
    (void)state;
    fill();
    setenv("LC_ALL", "C", 1);
    print((struct tree_settings){.limit = 4});
    expect_tree("        1  100.0ns   10.0%  1.000us  100.0%  a.c:1(main)\n"
                "        3  200.0ns   20.0%  700.0ns   70.0%  |-a.c:3(eval)\n"
                "        7  400.0ns   40.0%  400.0ns   40.0%  | |-a.c:3(eval) (recursive)\n"
                "       20  100.0ns   10.0%  100.0ns   10.0%  | `-a.c:4(read)\n"
                "\n\n");
}

static void merges_threads(void **state)
{
    (void)state;
    fill();
    fixture_thread(&fixture, 2);
    uint32_t root = fixture.threads[1].root;
    fixture_record(&fixture, 1, fixture_record(&fixture, 0, root, 1, 10, 20), 1, 10, 10);
    print((struct tree_settings){.limit = 1});
    expect_tree("        2  120.0ns   11.5%  1.040us  100.0%  a.c:1(main)\n\n\n");
}

static void escapes_names(void **state)
{
    (void)state;
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "\x1b[2J"), 0, 1, 1, 1);
    print((struct tree_settings){.limit = -1});
    assert_non_null(strstr(printed, "a.c:1(\\x1b[2J)\n"));
}

static void keeps_a_context_without_calls(void **state)
{
    (void)state;
    uint32_t start = fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "main");
    uint32_t child = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "child");
    fixture_record(&fixture, child, fixture_record(&fixture, start, 0, 0, 0, 0), 1, 5, 5);
    print((struct tree_settings){.limit = -1});
    expect_tree("        0      0ns    0.0%  5.000ns  100.0%  a.c:1(main)\n"
                "        1  5.000ns  100.0%  5.000ns  100.0%  └─a.c:2(child)\n"
                "\n\n");
}

static void prints_nothing_of_nothing(void **state)
{
    (void)state;
    print((struct tree_settings){.limit = -1, .min_percent = 1});
    expect_tree("\n\n");
}

/* Makes a path of COUNT contexts, each of which but the first calls the first again. */
static struct profile deep(uint32_t count)
{
    struct profile profile = {.process_count = 1, .thread_count = 1};

    profile.processes = calloc(1, sizeof *profile.processes);
    profile.threads = calloc(1, sizeof *profile.threads);
    profile.functions = calloc(count, sizeof *profile.functions);
    profile.records = calloc(2 * count, sizeof *profile.records);
    profile.processes[0] = (struct profile_process){.command = "", .tick_ns = 1};
    profile.threads[0] = (struct profile_thread){.name = "", .record_count = 2 * count};
    profile.function_count = count;
    profile.record_count = 2 * count;
    profile.records[0] = (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE};
    for (uint32_t i = 1; i <= count; i++) {
        profile.functions[i - 1] = (struct profile_function){.offset = i, .module = PROFILE_NONE};
        profile.records[i] = (struct profile_record){
            .function = i - 1, .parent = i - 1, .target = i, .calls = 1, .self = 1, .inclusive = 1};
    }
    for (uint32_t i = count + 1; i < 2 * count; i++)
        profile.records[i] =
            (struct profile_record){.function = 0, .parent = i - count + 1, .target = 1, .calls = 1};
    return profile;
}

static void survives_deep_trees(void **state)
{
    (void)state;
    struct profile profile = deep(100000);

    assert_int_equal(print_profile(&profile, (struct tree_settings){.limit = -1, .min_percent = 1}), 0);
    assert_in_range(strlen(printed), 99000 * 50, 100000 * 500);
    assert_non_null(strstr(printed, "[level 33] "));
    assert_int_equal(print_profile(&profile,
                                   (struct tree_settings){
                                       .limit = -1, .min_percent = 1, .upwards = 1, .function = "0x186a0"}),
                     0);
    assert_in_range(strlen(printed), 99000 * 50, 100000 * 500);
    model_free(&profile);
}

static void bounds_callers_of_a_deep_recursion(void **state)
{
    (void)state;
    struct profile profile = deep(20000);

    for (uint32_t i = 20001; i < 40000; i++)
        profile.records[i].self = 1;
    assert_int_equal(
        print_profile(&profile,
                      (struct tree_settings){.limit = -1, .min_percent = 1, .upwards = 1, .function = "0x1"}),
        0);
    assert_in_range(strlen(printed), 100, 10000);
    assert_int_equal(
        print_profile(&profile, (struct tree_settings){.limit = -1, .upwards = 1, .function = "0x1"}), 0);
    assert_in_range(strlen(printed), 10000000, 400000000);
    assert_non_null(strstr(printed, "   (cut off after 1000000 lines)\n"));
    model_free(&profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("contexts stand below their callers, hottest first, recursion marked", prints_top_down),
        TEST("a function's callers stand below it, its calls and times divided among them", prints_bottom_up),
        TEST("siblings stand in the order of the sort keys, folded ones last", orders_siblings),
        TEST("a restricted tree has only nodes that lead to a match", keeps_what_leads_to_a_match),
        TEST("as CSV, a row for each context has its level", prints_csv),
        TEST("nothing is folded at 0, not even a node with a negative estimate", folds_nothing_at_0),
        TEST("the callers of a recursive function add up to it", divides_recursive_time),
        TEST("the callers of a row of several functions that call each other add up to it",
             divides_shared_rows),
        TEST("nodes below the threshold are folded into one line", folds_what_is_small),
        TEST("functions are chosen by name, else by a regular expression", takes_a_regular_expression),
        TEST("where the locale is not UTF-8, the tree is drawn in ASCII", draws_by_locale),
        TEST("the contexts of all threads are one tree", merges_threads),
        TEST("a name can't drive the terminal", escapes_names),
        TEST("a context without calls of its own is shown with the contexts below it",
             keeps_a_context_without_calls),
        TEST("the tree of an empty profile has no lines", prints_nothing_of_nothing),
        TEST("100,000 levels neither overflow the stack nor print quadratic output", survives_deep_trees),
        TEST("callers of a deep recursion are folded before they are looked at, or cut off",
             bounds_callers_of_a_deep_recursion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
