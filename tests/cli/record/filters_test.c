/*
 * filters_test.c - patterns and the other options that leave functions out.
 */
#include "tests/lib/case.h"

#include <stdlib.h>
#include <string.h>

#include "cli/record/filters.h"

static int matches(const char *text, const char *name)
{
    struct pattern pattern;
    struct message message;
    int result;

    assert_int_equal(pattern_parse(&pattern, text, &message), 0);
    result = pattern_matches(&pattern, name);
    pattern_free(&pattern);
    return result;
}

static int is_for_files(const char *text)
{
    struct pattern pattern;
    struct message message;
    int result;

    assert_int_equal(pattern_parse(&pattern, text, &message), 0);
    result = pattern.is_for_files;
    pattern_free(&pattern);
    return result;
}

static void globs(void **state)
{
    (void)state;
    assert_true(matches("parse_*", "parse_one"));
    assert_false(matches("parse_*", "my_parse_one"));
    assert_true(matches("[a-c]?", "b1"));
    assert_true(matches("std::*", "std::sort"));
    assert_true(matches("operator\\[\\]", "operator[]"));
    assert_true(matches("*", ""));
}

static void regular_expressions(void **state)
{
    (void)state;
    assert_true(matches("/arse/", "parse_one"));
    assert_false(matches("/^arse/", "parse_one"));
    assert_true(matches("/^(a|b)$/", "b"));
    assert_true(matches("/caf\xc3\xa9/", "caf\xc3\xa9_\xff")); /* a byte that is not UTF-8 does no harm */
    assert_int_equal(matches("/^(a+)+$/", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), -1);
}

static void files(void **state)
{
    static const char path[] = "/home/user/src/lib/tools.h";

    (void)state;
    assert_true(is_for_files("tools.h") && is_for_files("*.cc") && is_for_files("lib/*") &&
                is_for_files("/usr/include/*") && is_for_files("/\\.h$/") && is_for_files("/a/b/"));
    assert_false(is_for_files("tools") || is_for_files("/tools/") || is_for_files("std::*") ||
                 is_for_files("f.constprop.0") || is_for_files(".c"));
    assert_true(matches("tools.h", path) && matches("lib/*", path) && matches("lib/tools.h", path) &&
                matches("/home/*", path) && matches("*/lib/*", path) && matches("/src\\/lib/", path));
    assert_false(matches("ools.h", path) || matches("/lib/*", path) || matches("lib", path));
}

static void no_patterns(void **state)
{
    struct pattern pattern;
    struct message message;

    (void)state;
    assert_int_equal(pattern_parse(&pattern, "", &message), -1);
    assert_int_equal(pattern_parse(&pattern, "a\nb", &message), -1);
    assert_int_equal(pattern_parse(&pattern, "/(/", &message), -1);
    assert_non_null(strstr(message.text, "at offset 1"));
}

static int excluded(struct filters *filters, const char *name, const char *full_name, const char *file)
{
    struct message message;

    return filters_exclude(filters, name, full_name, file, &message);
}

static void only_and_exclude(void **state)
{
    struct filters filters = {0};
    struct message message;

    (void)state;
    assert_int_equal(excluded(&filters, "f", NULL, NULL), 0);
    assert_int_equal(filters_take(&filters, "exclude", "f*", &message), 0);
    assert_int_equal(excluded(&filters, "f", NULL, NULL), 1);
    assert_int_equal(excluded(&filters, "g", NULL, NULL), 0);
    assert_int_equal(filters_take(&filters, "only", "f(int)", &message), 0);
    assert_int_equal(filters_take(&filters, "only", "g.c", &message), 0);
    assert_int_equal(excluded(&filters, "f", "f(int)", NULL), 1);
    assert_int_equal(excluded(&filters, "g", "g(int)", "/src/g.c"), 0);
    assert_int_equal(excluded(&filters, "g", "g(int)", "/src/h.c"), 1);
    assert_int_equal(excluded(&filters, NULL, NULL, NULL), 1);
    assert_true(filters.items[0].has_matched && filters.items[1].has_matched && filters.items[2].has_matched);
    filters_free(&filters);
}

static void throttles(void **state)
{
    static const char *const wrong[] = {"", "0", ":", "5:", ":0", "5:x", "5x", "-5", "99999999999"};
    struct filters filters = {0};
    struct message message;

    (void)state;
    assert_int_equal(filters_take(&filters, "throttle", NULL, &message), 0);
    assert_int_equal(filters.throttle_calls, 100000);
    assert_int_equal(filters.throttle_ns, 0);
    assert_int_equal(filters_take(&filters, "throttle", "500:20", &message), 0);
    assert_int_equal(filters.throttle_calls, 500);
    assert_int_equal(filters.throttle_ns, 20);
    assert_int_equal(filters_take(&filters, "throttle", ":30", &message), 0);
    assert_int_equal(filters.throttle_calls, 100000);
    assert_int_equal(filters.throttle_ns, 30);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(filters_take(&filters, "throttle", wrong[i], &message), -1);
}

static void texts(void **state)
{
    struct filters filters = {0};
    struct message message;
    char *text;

    (void)state;
    assert_false(filters_are_on(&filters));
    assert_int_equal(filters_take(&filters, "only", "a b", &message), 0);
    assert_int_equal(filters_take(&filters, "exclude", "/c/", &message), 0);
    assert_int_equal(filters_take(&filters, "depth", "5", &message), 0);
    assert_int_equal(filters_take(&filters, "min-time", "1500us", &message), 0);
    assert_int_equal(filters_take(&filters, "throttle", "9", &message), 0);
    assert_true(filters_are_on(&filters));
    text = filters_text(&filters, 0);
    assert_string_equal(text, "only a b\nexclude /c/\ndepth 5\nmin-time 1.5ms\nthrottle 9\n");
    free(text);
    text = filters_text(&filters, 1);
    assert_string_equal(text, "--only a b, --exclude /c/, --depth 5, --min-time 1.5ms, --throttle 9");
    free(text);
    filters_free(&filters);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_ALONE("a glob matches the whole name", globs),
        TEST_ALONE("a regular expression matches anywhere, and not for ever", regular_expressions),
        TEST_ALONE("a pattern with a slash or a source's ending is for files, from any of its slashes",
                   files),
        TEST_ALONE("an invalid pattern is refused", no_patterns),
        TEST_ALONE("a function that matches only is recorded, unless it is excluded", only_and_exclude),
        TEST_ALONE("--throttle takes calls, a time, both or neither", throttles),
        TEST_ALONE("filters are written as they are read, or in a line", texts),
    };

    return cmocka_run_group_tests_name("filters", tests, NULL, NULL);
}
