/*
 * suggest_test.c - the functions and files that should not be instrumented, the flags for that, and the
 * savings.
 */
#include "cli/analysis/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/build/exclude_items.h"
#include "cli/model/compensate.h"
#include "cli/report/suggest_print.h"
#include "tests/lib/fixture.h"

/* ns a call, of which all are timed; and calls. */
enum { INSIDE = 10, OUTSIDE = 30, COST = INSIDE + OUTSIDE, CALLS = 1000000 };

static struct fixture fixture;
static struct table table;
static struct message message;
static char *text;

static int setup(void **state)
{
    (void)state;
    fixture_start(&fixture);
    fixture.processes[0].costs = (struct profile_costs){.inside = INSIDE, .outside = OUTSIDE};
    table = (struct table){.has_recording = 1};
    message.text[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(text);
    text = NULL;
    table_free(&table);
    return 0;
}

/* Adds a function of FILE that calls nothing. It is called CALLS times and takes SELF ns a call. */
static void leaf(const char *file, uint32_t line, const char *name, int64_t self)
{
    uint32_t function = fixture_function(&fixture, PROFILE_NONE, file, line, name);
    uint32_t record = fixture_record(&fixture, function, 0, CALLS, CALLS * (self + INSIDE), 0);

    fixture.records[record].overhead = CALLS * INSIDE;
    fixture.records[record].inclusive = fixture.records[record].self;
}

/* Adds a function that takes the rest of 1,000 ms, after the leaves and the cost of recording them. */
static void rest(void)
{
    uint32_t function = fixture_function(&fixture, PROFILE_NONE, "main.c", 1, "main");
    int64_t left = 1000000000;

    for (size_t i = 0; i < fixture.profile.record_count; i++)
        left -= fixture.records[i].self;
    fixture_record(&fixture, function, 0, 1, left, left);
}

static int suggest(enum compiler_kind compiler, int64_t limit)
{
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    struct suggestions suggestions;

    assert_non_null(stream);
    fixture_sum_up(&table, &fixture, 0);
    int result = suggest_make(&suggestions, &table, compiler, limit, &message);
    if (result == 0)
        assert_int_equal(suggest_print(stream, &suggestions, compiler), 0);
    suggest_free(&suggestions);
    fclose(stream);
    return result;
}

static void tiny_and_hot(void **state)
{
    (void)state;
    leaf("a.c", 1, "tiny", 5);
    leaf("a.c", 2, "smaller_still", 0);
    leaf("a.c", 3, "long_enough", 3 * COST);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_string_equal(text, "       saves       %       ncalls  by\n"
                              "      40.000    4.0%      1000000  "
                              "-finstrument-functions-exclude-function-list=tiny\n"
                              "      40.000    4.0%      1000000  "
                              "-finstrument-functions-exclude-function-list=smaller_still\n"
                              "      80.000    8.0%      2000000  together\n\n"
                              "-finstrument-functions-exclude-function-list=tiny,smaller_still\n");
}

static void a_file_with_a_rare_function(void **state)
{
    (void)state;
    leaf("/src/util.c", 1, "one", 1);
    leaf("/src/util.c", 2, "two", 1);
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "/src/util.c", 3, "start"), 0, 1, 1, 1);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_null(strstr(text, "util.c"));
    assert_non_null(strstr(text, "\n-finstrument-functions-exclude-function-list=one,two\n"));
}

static void a_file(void **state)
{
    (void)state;
    leaf("/src/util.c", 1, "one", 1);
    leaf("/src/util.c", 2, "two", 1);
    leaf("/src/other.c", 3, "three", 1);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "    80.000    8.0%      2000000  "
                                 "-finstrument-functions-exclude-file-list=util.c\n"));
    assert_non_null(strstr(text, "\n\n-finstrument-functions-exclude-function-list=three\n"
                                 "-finstrument-functions-exclude-file-list=util.c\n"));
}

static void headers_of_the_system(void **state)
{
    (void)state;
    leaf("/usr/include/c++/12/bits/stl_vector.h", 1, "_ZNSt6vectorIiSaIiEEixEm", 1);
    leaf("/usr/include/c++/12/bits/stl_algo.h", 2, "_ZSt4sortIPiEvT_S1_", 3 * COST);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "    80.000    8.0%      2000000  "
                                 "-finstrument-functions-exclude-file-list=/usr/include/\n"));
}

static void part_of_another_name(void **state)
{
    (void)state;
    leaf("a.c", 1, "get", 1);
    leaf("b.c", 2, "get_all", 10 * COST);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "    40.000    4.0%      1000000  "
                                 "__attribute__((no_instrument_function)) a.c:1(get)\n"));
    assert_null(strstr(text, "-list="));
}

static void part_of_another_tiny_name(void **state)
{
    (void)state;
    leaf("a.c", 1, "get", 1);
    leaf("b.c", 2, "get_all", 1);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    /* Either may come first. Together they are counted once. */
    assert_non_null(strstr(text, "    80.000    8.0%      2000000  together\n"));
}

static void for_clang(void **state)
{
    (void)state;
    leaf("a.c", 1, "get", 1);
    leaf("a.c", 2, "put", 1);
    rest();
    assert_int_equal(suggest(COMPILER_CLANG, 1), 0);
    assert_string_equal(text, "       saves       %       ncalls  by\n"
                              "      40.000    4.0%      1000000  "
                              "__attribute__((no_instrument_function)) a.c:1(get)\n"
                              "      40.000    4.0%      1000000  together\n\n"
                              "-finstrument-functions-after-inlining leaves out those that clang inlines.\n");
}

static void nothing_to_suggest(void **state)
{
    (void)state;
    leaf("a.c", 3, "long_enough", 3 * COST);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_string_equal(text, "No function is both tiny and hot: there is nothing to leave out.\n");
}

static void unknown_cost(void **state)
{
    (void)state;
    fixture.processes[0].costs = (struct profile_costs){.inside = 0};
    leaf("a.c", 1, "get", 1);
    assert_int_equal(suggest(COMPILER_GCC, -1), -1);
    assert_non_null(strstr(message.text, "do not tell what recording costs"));
    assert_string_equal(text, "");
}

static void no_times(void **state)
{
    (void)state;
    fixture.processes[0].reads = PROFILE_READS_NONE;
    leaf("a.c", 1, "get", 1);
    assert_int_equal(suggest(COMPILER_GCC, -1), -1);
    assert_non_null(strstr(message.text, "--clock=none"));
}

/* The calibrated cost is that of a loop. If callers show a greater cost, that one is saved. */
static void in_situ(void **state)
{
    uint32_t caller, callee, few;
    struct profile_costs costs;

    (void)state;
    caller = fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f"), 0, 1,
                            CALLS * (OUTSIDE + 15) + INSIDE, 0);
    callee = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "g");
    fixture_record(&fixture, callee, caller, CALLS, CALLS * INSIDE, 0);
    /* Few calls show a lower cost. */
    few = fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "h"), 0, 1,
                         CALLS / 4 * (OUTSIDE + 5) + INSIDE, 0);
    fixture_record(&fixture, callee, few, CALLS / 4, CALLS / 4 * INSIDE, 0);
    assert_int_equal(profile_costs_in_situ(&costs, &fixture.profile, &fixture.threads[0]), 0);
    assert_int_equal((int)(costs.outside + 0.5), OUTSIDE + 15);
    fixture.records[caller].self = CALLS * (OUTSIDE - 5) + INSIDE;
    assert_int_equal(profile_costs_in_situ(&costs, &fixture.profile, &fixture.threads[0]), 0);
    assert_int_equal((int)(costs.outside + 0.5), OUTSIDE);
}

static void item_is(const char *name, enum symbolizer_language language, const char *expected)
{
    char *item = exclude_function_item(name, language);

    if (expected == NULL)
        assert_null(item);
    else
        assert_string_equal(item, expected);
    free(item);
}

static void items(void **state)
{
    static const enum symbolizer_language cxx = SYMBOLIZER_LANGUAGE_CXX;

    (void)state;
    item_is("index2value", SYMBOLIZER_LANGUAGE_C, "index2value");
    item_is("shapes::Circle::area", cxx, "shapes::Circle::area");
    item_is("area(int, long)", cxx, "area");
    item_is("Pair<int, long>::get", cxx, ">::get");
    item_is("Pair<int, Pair<long, char> >::get(int)", cxx, ">::get");
    item_is("scale<long>", cxx, "scale<");
    item_is("Pair<int>::scale<long>", cxx, ">::scale<");
    item_is("(anonymous namespace)::helper", cxx, "::helper");
    item_is("ns::(anonymous namespace)::Set<int>::add", cxx, ">::add");
    item_is("Vector::operator[]", cxx, "Vector::operator[]");
    item_is("Vector::operator()(int)", cxx, "Vector::operator()");
    item_is("Vector<int>::operator<", cxx, ">::operator<");
    item_is("operator<< (std::ostream&)", cxx, "operator<<");
    item_is("Pair<int>::operator long", cxx, ">::operator ");
    item_is("operators::run", cxx, "operators::run");
    item_is("Pair<int>::~Pair", cxx, ">::~Pair");
    item_is("main::{lambda(int)#1}::operator()", cxx, NULL);
    item_is("text[abi:cxx11]", cxx, NULL);
    item_is("broken>::name", cxx, NULL);
    item_is("broken<name", cxx, NULL);
    item_is("", cxx, NULL);
    item_is("geometry::circle_area", SYMBOLIZER_LANGUAGE_FORTRAN, "circle_area");
    item_is("queues.points.\"+\"", SYMBOLIZER_LANGUAGE_ADA, "\"+\"");
    item_is("words.Dictionary.add", SYMBOLIZER_LANGUAGE_D, "add");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("functions that take less than three times their recording, and 1 % of the run, are suggested",
             tiny_and_hot),
        TEST("a file all of whose functions are tiny is suggested as a whole", a_file),
        TEST("a file is not suggested if one of its functions is called too seldom to cost anything",
             a_file_with_a_rare_function),
        TEST("headers of the system are suggested together, if they are tiny together",
             headers_of_the_system),
        TEST("a function whose name is part of that of a long one is marked in the source instead",
             part_of_another_name),
        TEST("a name that is part of that of another tiny one saves the calls of both, once",
             part_of_another_tiny_name),
        TEST("for clang, functions are marked, up to the limit", for_clang),
        TEST("a profile without tiny and hot functions gets no suggestion", nothing_to_suggest),
        TEST("a profile that does not tell what recording costs is refused", unknown_cost),
        TEST("a profile without times is refused", no_times),
        TEST("a call costs what is typical of callers, but not less than as calibrated", in_situ),
        TEST_ALONE("an item of gcc's list is what gcc spells as the demangler does", items),
    };

    return cmocka_run_group_tests_name("suggest", tests, NULL, NULL);
}
