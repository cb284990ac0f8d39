/*
 * units_test.c - functions that share a row, some of which call others of them.
 *
 * The table is held against a walk through the tree that knows only the texts of rows. The trees are random,
 * from a fixed seed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/analysis/check.h"
#include "cli/base/strings.h"
#include "cli/model/inclusive.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

enum { TREES = 300, ROWS = 3, COPIES = 3, CONTEXTS = 40 };

static struct fixture fixture;
static struct table table;
static struct message message;
static uint32_t functions[ROWS * COPIES];

static int setup(void **state)
{
    (void)state;
    fixture_start(&fixture);
    fixture.processes[0].reads = PROFILE_READS_EVERY;
    table.has_edges = 1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    table_free(&table);
    return 0;
}

/* Makes ROWS functions, each in COPIES directories. */
static void make_functions(void)
{
    static const char *const files[] = {"/a/x.h", "/b/x.h", "/c/x.h"};
    static const char *const names[] = {"f", "g", "h"};

    for (uint32_t i = 0; i < ROWS * COPIES; i++)
        functions[i] =
            fixture_function(&fixture, PROFILE_NONE, files[i % COPIES], 1 + i / COPIES, names[i / COPIES]);
}

static uint32_t row_of(uint32_t record)
{
    return fixture.records[record].function / COPIES;
}

/* Returns the context of FUNCTION at RECORD or above it, or 0. */
static uint32_t above(uint32_t record, uint32_t function)
{
    while (record != 0 && fixture.records[record].function != function)
        record = fixture.records[record].parent;
    return record;
}

/* Adds a random context. A function that is on the path already leads back to itself if it MAY_RECUR. */
static void add_context(int may_recur)
{
    uint32_t parent, function = functions[rand() % (ROWS * COPIES)];

    do
        parent = (uint32_t)(rand() % (int)fixture.profile.record_count);
    while (parent != 0 && fixture.records[parent].target != parent);
    if (above(parent, function) == 0)
        fixture_record(&fixture, function, parent, 1, rand() % 100, 0);
    else if (may_recur)
        fixture_back_edge(&fixture, parent, above(parent, function), 1, rand() % 100);
}

static void make_tree(int may_recur)
{
    setup(NULL);
    make_functions();
    for (int i = 0; i < CONTEXTS; i++)
        add_context(may_recur);
    for (size_t i = 0; may_recur && i < fixture.profile.edge_count; i++)
        fixture.edges[i].nested_inclusive = rand() % 100;
    assert_int_equal(inclusive_sum(&fixture.profile, &fixture.threads[0]), 0);
}

/* Returns 1 if record I is below one of row ROW, whose parent is of row CALLER unless that is ROWS. */
static int is_below(uint32_t i, uint32_t row, uint32_t caller)
{
    for (i = fixture.records[i].parent; i != 0; i = fixture.records[i].parent) {
        uint32_t parent = fixture.records[i].parent;

        if (row_of(i) == row && (caller == ROWS || (parent != 0 && row_of(parent) == caller)))
            return 1;
    }
    return 0;
}

/* Returns the time of ROW, or of its calls from CALLER, by a walk from the leaves. Without recursion the
 * inclusive time of a record is that of its subtree. */
static int64_t walk(uint32_t row, uint32_t caller)
{
    int64_t sum = 0;

    for (uint32_t i = 1; i < fixture.profile.record_count; i++) {
        uint32_t parent = fixture.records[i].parent;

        if (row_of(i) == row && (caller == ROWS || (parent != 0 && row_of(parent) == caller)) &&
            !is_below(i, row, caller))
            sum += fixture.records[i].inclusive;
    }
    return sum;
}

/* Rows stand in the order of their lines. A row that no context is of is missing. */
static uint32_t number_of(const struct table_row *row)
{
    return row->line - 1;
}

static void expect_walk(void)
{
    for (size_t i = 0; i < table.row_count; i++)
        assert_true(table.rows[i].cumtime == (double)walk(number_of(&table.rows[i]), ROWS));
    for (size_t i = 0; i < table.edges.count; i++) {
        const struct table_edge *edge = &table.edges.items[i];

        assert_true(edge->cumtime ==
                    (double)walk(number_of(&table.rows[edge->callee]), number_of(&table.rows[edge->caller])));
    }
}

static void counts_time_once(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < TREES; i++) {
        make_tree(0);
        fixture_sum_up(&table, &fixture, TABLE_STRIP_DIRS);
        assert_true(table.row_count <= ROWS);
        expect_walk();
        table_free(&table);
    }
}

static void counts_primitive_calls(void **state)
{
    uint32_t one, two;

    (void)state;
    make_functions();
    one = fixture_record(&fixture, functions[0], 0, 2, 10, 60);
    two = fixture_record(&fixture, functions[1], fixture_record(&fixture, functions[3], one, 3, 20, 50), 4,
                         30, 30);
    fixture_back_edge(&fixture, two, two, 5, 0);
    fixture_sum_up(&table, &fixture, TABLE_STRIP_DIRS);
    assert_int_equal(table.rows[0].ncalls, 11);
    assert_int_equal(table.rows[0].pcalls, 2);
    assert_true(table.rows[0].cumtime == 60);
    assert_true(table.rows[0].tottime == 40);
}

static void expect_no_fault(void)
{
    struct strings faults = {0};

    assert_int_equal(check_times(&faults, &table, &fixture.profile, &message), 0);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "%s\n", faults.items[i]);
    assert_int_equal(faults.count, 0);
    strings_free(&faults);
}

static void agrees_in_recursion(void **state)
{
    static const int hows[] = {0, TABLE_STRIP_DIRS, TABLE_DICTIONARY, TABLE_STRIP_DIRS | TABLE_DICTIONARY};

    (void)state;
    srand(2);
    for (int i = 0; i < TREES; i++) {
        make_tree(1);
        fixture.threads[0].folded = i % 3 == 0;
        for (size_t how = 0; how < sizeof hows / sizeof *hows; how++) {
            fixture_sum_up(&table, &fixture, hows[how]);
            expect_no_fault();
            table_free(&table);
            table.has_edges = 1;
        }
    }
}

static void a_dictionary_counts_time_once(void **state)
{
    uint32_t a = fixture_module(&fixture, "/a.so", 1), b = fixture_module(&fixture, "/b.so", 2), one, two;

    (void)state;
    one = fixture_function(&fixture, a, "x.h", 1, "f");
    two = fixture_function(&fixture, b, "x.h", 1, "f");
    fixture_record(&fixture, two, fixture_record(&fixture, one, 0, 1, 10, 30), 1, 20, 20);
    fixture_sum_up(&table, &fixture, TABLE_DICTIONARY);
    assert_int_equal(table.row_count, 1);
    assert_true(table.rows[0].cumtime == 30);
    assert_int_equal(table.rows[0].pcalls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("time is counted once where a function calls another one of its row, and along edges",
             counts_time_once),
        TEST("calls are not primitive while another function of the row is active", counts_primitive_calls),
        TEST("times agree where rows of several functions recur, also with folded contexts",
             agrees_in_recursion),
        TEST("a dictionary counts time once where copies of a function call each other",
             a_dictionary_counts_time_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
