/*
 * suggest_test.c - the functions and files that should not be instrumented, the flags for that, and the
 * savings.
 */
#include "cli/analysis/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/build/exclude_items.h"
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
    assert_string_equal(text, "       saves       %       ncalls  by leaving out\n"
                              "      40.000    4.0%      1000000  a.c:1(tiny)\n"
                              "      40.000    4.0%      1000000  a.c:2(smaller_still)\n"
                              "      80.000    8.0%      2000000  together\n"
                              "\n"
                              "The time of what is left out will be its callers'.\n"
                              "\n"
                              "With profile cc:\n"
                              "PROFILE_BUILD_EXCLUDE=tiny,smaller_still\n"
                              "\n"
                              "With the plugin, behind the flags of profile --cflags:\n"
                              "-fplugin-arg-profile_gcc-exclude=tiny,smaller_still\n"
                              "\n"
                              "With -finstrument-functions:\n"
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
    assert_null(strstr(text, "/src/util.c ("));
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
    assert_non_null(strstr(text, "    80.000    8.0%      2000000  /src/util.c (2 functions)\n"));
    assert_non_null(strstr(text, "\n-fplugin-arg-profile_gcc-exclude=src/util.c,three\n"));
    assert_non_null(strstr(text, "\n-finstrument-functions-exclude-function-list=three\n"
                                 "-finstrument-functions-exclude-file-list=util.c\n"));
}

static void a_file_named_in_another(void **state)
{
    (void)state;
    leaf("/src/util.c", 1, "one", 1);
    leaf("/src/util.c", 2, "two", 1);
    leaf("/lib/src/util.c", 3, "long_one", 10 * COST);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "\n-fplugin-arg-profile_gcc-exclude=/src/util.c\n"));
    assert_non_null(strstr(text, "\n-finstrument-functions-exclude-function-list=two\n"
                                 "__attribute__((no_instrument_function)) /src/util.c:1(one)\n"));
}

static void headers_of_the_system(void **state)
{
    (void)state;
    leaf("/usr/include/c++/12/bits/stl_vector.h", 1, "_ZNSt6vectorIiSaIiEEixEm", 1);
    leaf("/usr/include/c++/12/bits/stl_algo.h", 2, "_ZSt4sortIPiEvT_S1_", 3 * COST);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "    80.000    8.0%      2000000  headers of the system (2 functions)\n"));
    assert_non_null(strstr(text, "\nprofile --cflags leaves them out.\n"));
    assert_non_null(strstr(text, "\n-finstrument-functions-exclude-file-list=/usr/include/\n"));
    assert_null(strstr(text, "vector"));
}

/* Adds a function of the library at PATH, without a source file. */
static void leaf_of(const char *path, const char *name)
{
    leaf(NULL, 0, name, 1);
    fixture.functions[fixture.profile.function_count - 1].module = fixture_module(&fixture, path, 1);
}

static void functions_that_nobody_can_mark(void **state)
{
    static const char library[] = "/usr/lib/x86_64-linux-gnu/libstdc++.so.6";

    (void)state;
    leaf_of(library, "_ZNSt6vectorIiSaIiEEixEm");
    leaf_of(library, "_ZN10__cxxabiv112__terminateEPFvvE");
    leaf_of("/opt/gcc/lib/libgcc_s.so.1", "_Unwind_Resume");
    leaf_of("/lib/x86_64-linux-gnu/libfoo.so.1", "foo");
    leaf(NULL, 0, "<region>", 1);
    rest();
    assert_int_equal(suggest(COMPILER_CLANG, -1), 0);
    assert_non_null(strstr(text, "  headers of the system (1 function)\n"));
    assert_null(strstr(text, "Mark them"));
    free(text);
    table_free(&table);
    table = (struct table){.has_recording = 1};
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "    40.000    4.0%      1000000  together\n"));
    assert_non_null(strstr(text, "\n-finstrument-functions-exclude-file-list=/include/c++/,/usr/include/\n"));
    assert_null(strstr(text, "-fplugin"));
}

static void part_of_another_name(void **state)
{
    (void)state;
    leaf("a.c", 1, "get", 1);
    leaf("b.c", 2, "get_all", 10 * COST);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "    40.000    4.0%      1000000  a.c:1(get)\n"));
    assert_non_null(strstr(text, "\n-fplugin-arg-profile_gcc-exclude=get\n"));
    assert_non_null(strstr(text, "\n__attribute__((no_instrument_function)) a.c:1(get)\n"));
    assert_null(strstr(text, "-list="));
}

static void part_of_another_tiny_name(void **state)
{
    (void)state;
    leaf("a.c", 1, "get", 1);
    leaf("b.c", 2, "get_all", 1);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "    80.000    8.0%      2000000  together\n"));
    assert_non_null(strstr(text, "=get,get_all\n"));
    assert_non_null(strstr(text, "\n-finstrument-functions-exclude-function-list=get\n"));
}

/* Returns 1 if the plugin is told to leave out PATTERNS. */
static int excludes(const char *patterns)
{
    static const char flag[] = "\n-fplugin-arg-profile_gcc-exclude=";
    const char *found;
    size_t length = strlen(patterns);

    free(text);
    text = NULL;
    table_free(&table);
    table = (struct table){.has_recording = 1};
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    found = strstr(text, flag);
    assert_non_null(found);
    found += sizeof flag - 1;
    if (strncmp(found, patterns, length) != 0 || found[length] != '\n')
        print_error("%s", found);
    return strncmp(found, patterns, length) == 0 && found[length] == '\n';
}

static void exact_names(void **state)
{
    (void)state;
    leaf("/src/a.cc", 1, "_ZN2ns4tinyEi", 1);
    leaf("/src/a.cc", 9, "long_in_a", 10 * COST);
    rest();
    assert_true(excludes("ns::tiny"));
    /* An overload that is not tiny. */
    leaf("/src/a.cc", 2, "_ZN2ns4tinyEl", 10 * COST);
    assert_true(excludes("_ZN2ns4tinyEi"));
    /* Arguments of a template, an operator and a destructor. */
    leaf("/src/a.cc", 3, "_ZN4PairIilE3getEv", 1);
    assert_true(excludes("_ZN2ns4tinyEi,_ZN4PairIilE3getEv"));
    leaf("/src/a.cc", 4, "_ZN1AD2Ev", 1);
    assert_true(excludes("'_ZN2ns4tinyEi,_ZN4PairIilE3getEv,A::~A()'"));
    /* gcc would cut the argument for its second =. */
    leaf("/src/a.cc", 5, "_ZN1AaSERKS_", 1);
    assert_true(excludes("'_ZN2ns4tinyEi,_ZN4PairIilE3getEv,A::~A(),_ZN1AaSERKS_'"));
}

static void exact_names_of_static_functions(void **state)
{
    (void)state;
    leaf("/src/one/a.c", 1, "step", 1);
    leaf("/src/one/a.c", 9, "long_in_a", 10 * COST);
    rest();
    assert_true(excludes("step"));
    /* A method is called step, too. */
    leaf("/src/b.cc", 1, "_ZN6Runner4stepEv", 10 * COST);
    assert_true(excludes("a.c:step"));
    leaf("/src/two/a.c", 1, "step", 10 * COST);
    assert_true(excludes("one/a.c:step"));
}

static void for_clang(void **state)
{
    (void)state;
    leaf("a.c", 1, "get", 1);
    leaf("a.c", 2, "put", 1);
    rest();
    assert_int_equal(suggest(COMPILER_CLANG, 1), 0);
    assert_string_equal(text,
                        "       saves       %       ncalls  by leaving out\n"
                        "      40.000    4.0%      1000000  a.c:1(get)\n"
                        "      40.000    4.0%      1000000  together\n"
                        "\n"
                        "The time of what is left out will be its callers'.\n"
                        "\n"
                        "Clang has no flag that leaves out functions. Mark them with "
                        "__attribute__((no_instrument_function)).\n"
                        "-finstrument-functions-after-inlining leaves out those that clang inlines; profile "
                        "clang adds it.\n");
}

static void headers_for_clang(void **state)
{
    (void)state;
    leaf("/usr/include/c++/12/bits/stl_vector.h", 1, "_ZNSt6vectorIiSaIiEEixEm", 1);
    rest();
    assert_int_equal(suggest(COMPILER_CLANG, -1), 0);
    assert_string_equal(text,
                        "       saves       %       ncalls  by leaving out\n"
                        "      40.000    4.0%      1000000  headers of the system (1 function)\n"
                        "      40.000    4.0%      1000000  together\n"
                        "\n"
                        "The time of what is left out will be its callers'.\n"
                        "\n"
                        "-finstrument-functions-after-inlining leaves out those that clang inlines; profile "
                        "clang adds it.\n"
                        "The others of headers can be left out as they run, which saves less:\n"
                        "profile --exclude='*/include/*' --exclude='std::*'\n");
}

static void long_functions_of_headers(void **state)
{
    (void)state;
    leaf("/usr/include/c++/12/bits/stl_vector.h", 1, "_ZNSt6vectorIiSaIiEEixEm", 4 * COST);
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_non_null(strstr(text, "      40.000    4.0%      1000000  headers of the system (1 function)\n"));
}

static void cheap_headers(void **state)
{
    (void)state;
    uint32_t header = fixture_function(&fixture, PROFILE_NONE, "/usr/include/c++/12/vector", 1, "f");
    uint32_t record = fixture_record(&fixture, header, 0, 99, 99 * COST, 99 * COST);

    fixture.records[record].overhead = 99 * INSIDE;
    rest();
    assert_int_equal(suggest(COMPILER_GCC, -1), 0);
    assert_string_equal(text,
                        "No function is both tiny and hot: there is nothing to leave out.\n"
                        "Headers of the system have 99.0% of the calls, but to leave them out would save "
                        "0.004 ms of the run (0.0%).\n");
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
        TEST("a file is named by as much of its path as tells it from others", a_file_named_in_another),
        TEST("headers of the system are suggested together, if they cost enough", headers_of_the_system),
        TEST("no function of a library of the system, and no region, is suggested",
             functions_that_nobody_can_mark),
        TEST("gcc's list does not name a function whose name is part of that of a long one",
             part_of_another_name),
        TEST("gcc's list names a function that is part of another tiny one's name for both",
             part_of_another_tiny_name),
        TEST("the plugin is told the name that stats prints, or that of the linker if it is exact",
             exact_names),
        TEST("the plugin is told the file of a function that shares its name with others",
             exact_names_of_static_functions),
        TEST("headers of the system are suggested also if their functions are long",
             long_functions_of_headers),
        TEST("headers that cost too little are named with their part of the calls", cheap_headers),
        TEST("for clang, functions to mark are listed, up to the limit", for_clang),
        TEST("for clang, headers are suggested with the ways to leave them out", headers_for_clang),
        TEST("a profile without tiny and hot functions gets no suggestion", nothing_to_suggest),
        TEST("a profile that does not tell what recording costs is refused", unknown_cost),
        TEST("a profile without times is refused", no_times),
        TEST_ALONE("an item of gcc's list is what gcc spells as the demangler does", items),
    };

    return cmocka_run_group_tests_name("suggest", tests, NULL, NULL);
}
