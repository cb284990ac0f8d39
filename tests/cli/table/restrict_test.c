/*
 * restrict_test.c - how cli/table/restrict.c shortens lists.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/table/restrict.h"
#include "tests/lib/case.h"

enum { ROWS = 5 };

static struct table_row rows[ROWS];
static struct table_list list;
static struct restrictions restrictions;
static struct message message;

static int setup(void **state)
{
    (void)state;
    const char *texts[ROWS] = {"main.c:1(main)", "draw.c:2(line)", "draw.c:3(bad\xff name)",
                               "caf\xc3\xa9.c:4(f)", "lib.so+0x10"};
    list = (struct table_list){.rows = calloc(ROWS, sizeof *list.rows), .count = ROWS};
    for (size_t i = 0; i < ROWS; i++) {
        rows[i].text = texts[i];
        list.rows[i] = &rows[i];
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    restrict_free(&restrictions);
    table_list_free(&list);
    return 0;
}

static void add(const char *text)
{
    assert_int_equal(restrict_add(&restrictions, text, &message), 0);
}

/* Applies all restrictions, and expects the rows to remain whose numbers, from 0, are the digits of KEPT. */
static void assert_keeps(const char *kept)
{
    assert_int_equal(restrict_apply(&restrictions, &list, &message), 0);
    assert_int_equal(list.count, strlen(kept));
    for (size_t i = 0; i < list.count; i++)
        assert_ptr_equal(list.rows[i], &rows[kept[i] - '0']);
}

static void assert_reductions(const char *expected)
{
    assert_string_equal(list.reductions == NULL ? "" : list.reductions, expected);
}

static void keeps_a_count(void **state)
{
    (void)state;
    add("2");
    assert_keeps("01");
    assert_reductions("   List reduced from 5 to 2 due to restriction <2>\n");
}

static void keeps_none(void **state)
{
    (void)state;
    add("0");
    assert_keeps("");
    assert_reductions("   List reduced from 5 to 0 due to restriction <0>\n");
}

static void ignores_counts_out_of_range(void **state)
{
    (void)state;
    add("5");
    add("6");
    add("-1");
    add("99999999999999999999999");
    add("-99999999999999999999999");
    assert_keeps("01234");
    assert_reductions("");
}

static void keeps_a_fraction(void **state)
{
    (void)state;
    add("0.5"); /* int(5 * .5 + .5) */
    assert_keeps("012");
    assert_reductions("   List reduced from 5 to 3 due to restriction <0.5>\n");
}

static void keeps_all_or_nothing(void **state)
{
    (void)state;
    add("1.0");
    add("1.");
    assert_keeps("01234");
    add(".0");
    assert_keeps("");
    assert_reductions("   List reduced from 5 to 0 due to restriction <0.0>\n");
}

static void prints_fractions_as_python(void **state)
{
    (void)state;
    add("0.70000000000000007");
    add("1e-5");
    assert_keeps("");
    assert_reductions("   List reduced from 5 to 4 due to restriction <0.7000000000000001>\n"
                      "   List reduced from 4 to 0 due to restriction <1e-05>\n");
}

static void refuses_other_fractions(void **state)
{
    (void)state;
    assert_int_equal(restrict_add(&restrictions, "1.5", &message), -1);
    assert_string_equal(message.text, "invalid fraction '1.5' (use a number from 0 to 1)");
    assert_int_equal(restrict_add(&restrictions, "-0.1", &message), -1);
    assert_int_equal(restrict_add(&restrictions, "1e999", &message), -1);
    assert_int_equal(restrictions.count, 0);
}

static void searches_anywhere(void **state)
{
    (void)state;
    add("draw\\.c:");
    assert_keeps("12");
    assert_reductions("   List reduced from 5 to 2 due to restriction <'draw\\\\.c:'>\n");
}

static void takes_function_names_for_regexes(void **state)
{
    (void)state;
    const char *names[] = {"nan", "inf", "e", "", "1x", "0x1", "1_000", ".", "-", "1.2.3"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        add(names[i]);
        assert_int_equal(restrictions.items[i].kind, RESTRICTION_REGEX);
    }
}

static void applies_in_order(void **state)
{
    (void)state;
    add("3");
    add("draw");
    add("1");
    assert_keeps("1");
    assert_reductions("   List reduced from 5 to 3 due to restriction <3>\n"
                      "   List reduced from 3 to 2 due to restriction <'draw'>\n"
                      "   List reduced from 2 to 1 due to restriction <1>\n");
}

static void matches_characters(void **state)
{
    (void)state;
    add("^caf.\\.c"); /* one character, two bytes */
    assert_keeps("3");
}

static void tolerates_invalid_utf8(void **state)
{
    (void)state;
    add(" name\\)$"); /* after the bad byte */
    assert_keeps("2");
}

static void quotes_as_python(void **state)
{
    (void)state;
    add("(?!.*main)^|it's");
    add("draw|\"'\t\x1b\xc2\x85");
    add("nothing");
    assert_int_equal(restrict_apply(&restrictions, &list, &message), 0);
    assert_reductions("   List reduced from 5 to 4 due to restriction <\"(?!.*main)^|it's\">\n"
                      "   List reduced from 4 to 2 due to restriction <'draw|\"\\'\\t\\x1b\\xc2\\x85'>\n"
                      "   List reduced from 2 to 0 due to restriction <'nothing'>\n");
}

static void refuses_bad_regexes(void **state)
{
    (void)state;
    assert_int_equal(restrict_add(&restrictions, "ab[c", &message), -1);
    assert_string_equal(
        message.text,
        "bad regular expression 'ab[c': missing terminating ] for character class, at offset 4");
    assert_int_equal(restrict_add(&restrictions, "\xff", &message), -1);
    assert_int_equal(restrictions.count, 0);
}

static void gives_up_on_hostile_regexes(void **state)
{
    (void)state;
    rows[1].text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    add("^(a+)+$");
    assert_int_equal(restrict_apply(&restrictions, &list, &message), -1);
    assert_string_equal(message.text, "the regular expression '^(a+)+$' takes too long");
}

static void frees_zeroed(void **state)
{
    (void)state;
    assert_keeps("01234");
    assert_reductions("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("a count keeps the first rows", keeps_a_count),
        TEST("a count of 0 keeps none", keeps_none),
        TEST("a count out of range does nothing and says nothing", ignores_counts_out_of_range),
        TEST("a fraction keeps its part of the rows, rounded half up", keeps_a_fraction),
        TEST("1.0 keeps all rows and 0.0 none", keeps_all_or_nothing),
        TEST("a fraction is shown with the fewest digits, as Python does", prints_fractions_as_python),
        TEST("a fraction beyond 0 to 1 is refused", refuses_other_fractions),
        TEST("a regular expression may match anywhere in the printed name", searches_anywhere),
        TEST("anything but a decimal number is a regular expression, nan and inf too",
             takes_function_names_for_regexes),
        TEST("restrictions apply in their order", applies_in_order),
        TEST("a dot matches a character, not a byte", matches_characters),
        TEST("a name with invalid UTF-8 is matched around it", tolerates_invalid_utf8),
        TEST("a regular expression is shown quoted as Python does", quotes_as_python),
        TEST("a bad regular expression is refused with the reason and the place", refuses_bad_regexes),
        TEST("a regular expression that backtracks without end is given up", gives_up_on_hostile_regexes),
        TEST("no restrictions keep all", frees_zeroed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
