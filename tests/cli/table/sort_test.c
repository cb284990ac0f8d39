/*
 * sort_test.c - how cli/table/sort.c reads keys and orders rows. pstats_oracle.py compares it with Python's
 * pstats, on every prefix and many tables.
 */
#include <string.h>

#include "cli/table/sort.h"
#include "tests/lib/case.h"

enum { ROWS = 4 };

/* In the table's order: file, line, name. */
static const struct table_row rows[ROWS] = {
    {.ncalls = 1,
     .pcalls = 1,
     .tottime = 5,
     .cumtime = 9,
     .text = "a.c:10(z)",
     .file = "a.c",
     .line = 10,
     .name = "z"},
    {.ncalls = 7,
     .pcalls = 1,
     .tottime = 2,
     .cumtime = 9,
     .text = "a.c:9(f)",
     .file = "a.c",
     .line = 9,
     .name = "f"},
    {.ncalls = 7,
     .pcalls = 7,
     .tottime = 2,
     .cumtime = 2,
     .text = "b.c:1(f)",
     .file = "b.c",
     .line = 1,
     .name = "f"},
    {.ncalls = 2, .pcalls = 2, .tottime = 0, .cumtime = 9, .text = "~", .file = "~", .line = 0, .name = "a"},
};

static const struct table_row *listed[ROWS];
static struct table_list list;
static struct message message;

static int setup(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        listed[i] = &rows[i];
    list = (struct table_list){.rows = listed, .count = ROWS};
    return 0;
}

/* Sorts by KEYS, and expects the rows in the order of the digits of EXPECTED. */
static void assert_order(const char *keys, int reverse, const char *expected)
{
    struct sort_order order = {0};
    char found[ROWS + 1] = {0};

    assert_int_equal(sort_parse(&order, keys, &message), 0);
    sort_apply(&order, reverse, &list);
    for (size_t i = 0; i < ROWS; i++)
        found[i] = (char)('0' + (list.rows[i] - rows));
    assert_string_equal(found, expected);
}

static void assert_label(const char *keys, const char *expected)
{
    struct sort_order order = {0};
    char label[SORT_LABEL_MAX];

    assert_int_equal(sort_parse(&order, keys, &message), 0);
    sort_label(&order, label);
    assert_string_equal(label, expected);
}

static void assert_refused(const char *keys, const char *expected)
{
    struct sort_order order = {0};

    assert_int_equal(sort_parse(&order, keys, &message), -1);
    assert_string_equal(message.text, expected);
}

static void orders_by_each_key(void **state)
{
    (void)state;
    assert_order("ncalls", 0, "1230");
    assert_order("pcalls", 0, "2301");
    assert_order("tottime", 0, "0123");
    assert_order("cumulative", 0, "0132");
    assert_order("filename", 0, "0123");
    assert_order("line", 0, "3210");
    assert_order("name", 0, "3120");
    assert_order("nfl", 0, "3120");
    assert_order("stdname", 0, "0123");
}

static void orders_by_several_keys(void **state)
{
    (void)state;
    assert_order("cumulative,ncalls", 0, "1302");
    assert_order("tottime,line", 0, "0213");
}

static void reverses_ties(void **state)
{
    (void)state;
    assert_order("cumulative", 1, "2310");
}

static void labels_as_pstats(void **state)
{
    (void)state;
    assert_label("cumtime", "cumulative time");
    assert_label("nc,f,nfl", "call count, file name, name/file/line");
    assert_label("-1", "standard name");
    assert_label("0", "call count");
    assert_label("1", "internal time");
    assert_label("2", "cumulative time");
}

static void takes_prefixes_as_pstats(void **state)
{
    (void)state;
    assert_label("cu", "cumulative time");
    assert_label("cumt", "cumulative time");
    assert_label("to", "internal time");
    assert_refused("cum", "ambiguous sort key 'cum'; the keys are: " SORT_KEYS);
    assert_refused("c", "ambiguous sort key 'c'; the keys are: " SORT_KEYS);
}

static void refuses_other_keys(void **state)
{
    (void)state;
    assert_refused("bogus", "unknown sort key 'bogus'; the keys are: " SORT_KEYS);
    assert_refused("callsx", "unknown sort key 'callsx'; the keys are: " SORT_KEYS);
    assert_refused("", "unknown sort key ''; the keys are: " SORT_KEYS);
    assert_refused("name,", "unknown sort key ''; the keys are: " SORT_KEYS);
    assert_refused("3", "unknown sort key '3'; the keys are: " SORT_KEYS);
    assert_refused("2,name", "the sort keys -1, 0, 1 and 2 go with no other key; the keys are: " SORT_KEYS);
    assert_refused("name,2", "the sort keys -1, 0, 1 and 2 go with no other key; the keys are: " SORT_KEYS);
}

static void bounds_the_keys(void **state)
{
    (void)state;
    struct sort_order order = {0};
    char label[SORT_LABEL_MAX];
    for (size_t i = 0; i < SORT_KEYS_MAX; i++)
        assert_int_equal(sort_parse(&order, "pcalls", &message), 0); /* the longest label */
    assert_int_equal(sort_parse(&order, "pcalls", &message), -1);
    sort_label(&order, label);
    assert_int_equal(strlen(label), SORT_KEYS_MAX * strlen("primitive call count, ") - 2);
    assert_int_equal(
        sort_parse(&(struct sort_order){0}, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", &message), -1);
}

static void lists_every_key(void **state)
{
    (void)state;
    char keys[] = SORT_KEYS, *rest = keys;
    int count = 0;
    for (char *key; (key = strsep(&rest, " ")) != NULL; count++)
        assert_int_equal(sort_parse(&(struct sort_order){0}, key, &message), 0);
    assert_int_equal(count, 17);
}

/* Expects KEYS to order by FIGURE first, which is EXPECTED in row 1. */
static void assert_figure(const char *keys, enum sort_figure figure, double expected)
{
    struct sort_order order = {0};

    assert_int_equal(sort_parse(&order, keys, &message), 0);
    assert_int_equal(sort_first_figure(&order), figure);
    assert_true(sort_figure_of(figure, &rows[1]) == expected);
}

static void knows_the_first_figure(void **state)
{
    (void)state;
    assert_figure("calls", SORT_NCALLS, 7);
    assert_figure("name,pcalls,time", SORT_PCALLS, 1);
    assert_figure("name", SORT_TOTTIME, 2);
    assert_figure("cumulative,calls", SORT_CUMTIME, 9);
    assert_figure("percall", SORT_PERCALL, 2.0 / 7);
    assert_figure("cumpercall", SORT_CUMPERCALL, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_PREPARED("calls and times sort downwards, names and lines upwards, ties by the table's order",
                      orders_by_each_key),
        TEST_PREPARED("a second key orders what the first leaves equal", orders_by_several_keys),
        TEST_PREPARED("the first figure among the keys is known", knows_the_first_figure),
        TEST_PREPARED("reverse turns ties around too", reverses_ties),
        TEST_PREPARED("the labels are pstats's", labels_as_pstats),
        TEST_PREPARED("unique prefixes are taken, with pstats's accidents", takes_prefixes_as_pstats),
        TEST_PREPARED("other keys are refused with the list of keys", refuses_other_keys),
        TEST_PREPARED("there is room for the most and the longest keys", bounds_the_keys),
        TEST_PREPARED("the list of keys in the help has them all", lists_every_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
