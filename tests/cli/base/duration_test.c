/*
 * duration_test.c - times that a user writes and reads (cli/base/duration.c).
 */
#include <string.h>

#include "cli/base/duration.h"
#include "tests/lib/case.h"

static void expect(const char *text, double ns)
{
    struct message message = {""};
    double parsed = -1;

    assert_int_equal(duration_parse(&parsed, text, &message), 0);
    assert_float_equal(parsed, ns, 0);
}

static void reads_units(void **state)
{
    (void)state;
    expect("10us", 1e4);
    expect("1.5 ms", 1.5e6);
    expect("7", 7);
    expect("7ns", 7);
    expect("0", 0);
    expect("2s", 2e9);
}

static void refuses_others(void **state)
{
    static const char *const wrong[] = {"", "x", "10m", "-1us", "inf", "1 us s", "nan"};
    struct message message;
    double time;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(duration_parse(&time, wrong[i], &message), -1);
}

static void writes_units(void **state)
{
    static const struct {
        double ns;
        const char *text;
    } times[] = {{0.5, "0.5"}, {1, "1ns"}, {999, "999ns"}, {1000, "1us"}, {1.5e6, "1.5ms"}, {1e11, "100s"}};
    char text[DURATION_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        duration_format(text, times[i].ns);
        assert_string_equal(text, times[i].text);
        expect(text, times[i].ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("times have units", reads_units),
        TEST_ALONE("an invalid time is refused", refuses_others),
        TEST_ALONE("a time is written in the largest unit that is not longer, and read again", writes_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
