/*
 * edges_test.c - who called whom, by cProfile's rules.
 */
#include "cli/table/links.h"
#include "cli/table/rows.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

static struct fixture fixture;
static struct table table;

static int setup(void **state)
{
    (void)state;
    fixture_start(&fixture);
    table.has_edges = 1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    table_free(&table);
    return 0;
}

static void assert_edge(size_t i, const char *caller, const char *callee, uint64_t ncalls, uint64_t pcalls,
                        double tottime, double cumtime)
{
    assert_true(i < table.edges.count);
    const struct table_edge *edge = &table.edges.items[i];
    assert_string_equal(table.rows[edge->caller].text, caller);
    assert_string_equal(table.rows[edge->callee].text, callee);
    assert_int_equal(edge->ncalls, ncalls);
    assert_int_equal(edge->pcalls, pcalls);
    assert_true(edge->tottime == tottime);
    assert_true(edge->cumtime == cumtime);
}

static void one_edge_for_each_pair(void **state)
{
    (void)state;
    uint32_t f = fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f");
    uint32_t g = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "g");
    uint32_t outer = fixture_record(&fixture, f, 0, 1, 10, 60);
    fixture_record(&fixture, g, outer, 2, 20, 25);
    fixture_record(&fixture, g, 0, 3, 30, 35);
    fixture_thread(&fixture, 2);
    outer = fixture_record(&fixture, f, fixture.threads[1].root, 1, 1, 1);
    fixture_record(&fixture, g, outer, 4, 5, 6);
    fixture_sum_up(&table, &fixture, 0);
    assert_int_equal(table.edges.count, 1);
    assert_edge(0, "a.c:1(f)", "a.c:2(g)", 6, 6, 30, 37);
}

/* The factorial of CPython's test_cprofile has 23/3 calls, of which 20/3 are from itself. */
static void recursion(void **state)
{
    (void)state;
    uint32_t f = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "factorial");
    uint32_t outer = fixture_record(&fixture, f, 0, 3, 20, 170);
    fixture_back_edge(&fixture, outer, outer, 20, 130);
    fixture.edges[0].nested_outermost = 3;
    fixture.edges[0].nested_inclusive = 147;
    fixture_sum_up(&table, &fixture, 0);
    assert_int_equal(table.edges.count, 1);
    assert_edge(0, "a.c:3(factorial)", "a.c:3(factorial)", 20, 3, 130, 147);
}

static void stripped_edges_are_summed(void **state)
{
    (void)state;
    uint32_t callee = fixture_function(&fixture, PROFILE_NONE, "/x/c.c", 9, "callee");
    uint32_t one = fixture_function(&fixture, PROFILE_NONE, "/a/b.c", 1, "f");
    uint32_t two = fixture_function(&fixture, PROFILE_NONE, "/b/b.c", 1, "f");
    fixture_record(&fixture, callee, fixture_record(&fixture, one, 0, 1, 1, 21), 2, 10, 20);
    fixture_record(&fixture, callee, fixture_record(&fixture, two, 0, 1, 1, 41), 3, 30, 40);
    fixture_sum_up(&table, &fixture, TABLE_STRIP_DIRS);
    assert_int_equal(table.row_count, 2);
    assert_int_equal(table.edges.count, 1);
    assert_edge(0, "b.c:1(f)", "c.c:9(callee)", 5, 5, 40, 60);
}

/* Where a recursion is estimated, its parts may add up to too much. */
static void a_part_is_no_longer_than_the_whole(void **state)
{
    (void)state;
    uint32_t f = fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f");
    uint32_t g = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "g");
    fixture.processes[0].reads = PROFILE_READS_SAMPLED;
    fixture_record(&fixture, g, fixture_record(&fixture, f, 0, 1, 1, 20), 2, 10, 25);
    fixture_sum_up(&table, &fixture, 0);
    assert_edge(0, "a.c:1(f)", "a.c:2(g)", 2, 2, 10, 20);
}

static void a_dictionary_has_each_key_once(void **state)
{
    (void)state;
    uint32_t a = fixture_module(&fixture, "/lib/a.so", 1), b = fixture_module(&fixture, "/lib/b.so", 2);
    uint32_t one = fixture_function(&fixture, a, "inline.h", 1, "f\xff");
    uint32_t two = fixture_function(&fixture, b, "inline.h", 1, "f\xfe");
    fixture_record(&fixture, two, fixture_record(&fixture, one, 0, 1, 1, 21), 2, 10, 20);
    fixture_sum_up(&table, &fixture, TABLE_DICTIONARY);
    assert_int_equal(table.row_count, 1);
    assert_string_equal(table.rows[0].name, "f\xef\xbf\xbd");
    assert_edge(0, table.rows[0].text, table.rows[0].text, 2, 2, 10, 20);
}

static void lists(void **state)
{
    struct table_links links;

    (void)state;
    uint32_t f = fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f");
    uint32_t g = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "g");
    uint32_t h = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "h");
    uint32_t outer = fixture_record(&fixture, f, 0, 1, 1, 1);
    fixture_record(&fixture, h, outer, 1, 1, 1);
    fixture_record(&fixture, h, fixture_record(&fixture, g, outer, 1, 1, 1), 1, 1, 1);
    fixture_sum_up(&table, &fixture, 0);
    assert_int_equal(table_links_open(&links, &table, TABLE_CALLERS), 0);
    assert_int_equal(links.starts[1], 0);
    assert_int_equal(links.starts[2], 1);
    assert_int_equal(links.starts[3], 3);
    assert_int_equal(table_links_other(links.edges[1], TABLE_CALLERS), 0);
    assert_int_equal(table_links_other(links.edges[2], TABLE_CALLERS), 1);
    table_links_close(&links);
    assert_int_equal(table_links_open(&links, &table, TABLE_CALLEES), 0);
    assert_int_equal(links.starts[1], 2);
    assert_int_equal(table_links_other(links.edges[0], TABLE_CALLEES), 1);
    table_links_close(&links);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("calls from one function to another are one edge, over contexts and threads",
             one_edge_for_each_pair),
        TEST("an edge that is nested in itself has its outermost calls apart", recursion),
        TEST("callers that become equal without directories are summed up", stripped_edges_are_summed),
        TEST("an edge takes no longer than its caller", a_part_is_no_longer_than_the_whole),
        TEST("keys that become equal in a dictionary are summed up", a_dictionary_has_each_key_once),
        TEST("the callers and the callees of a row are listed in order", lists),
    };

    return cmocka_run_group_tests_name("table_edges", tests, NULL, NULL);
}
