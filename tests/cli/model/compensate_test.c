/*
 * compensate_test.c - how much of a tree's times is the cost of the hooks, to the tick.
 */
#include "cli/model/compensate.h"

#include "tests/lib/fixture.h"

enum { INSIDE = 20, SAMPLED = 30, OUTSIDE = 50, UNCLOCKED = 7 };

static struct fixture fixture;
static uint32_t f, g, h;

static int setup(void **state)
{
    (void)state;
    fixture_start(&fixture);
    fixture.processes[0].costs = (struct profile_costs){
        .inside = INSIDE, .sampled = SAMPLED, .outside = OUTSIDE, .unclocked = UNCLOCKED};
    f = fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f");
    g = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "g");
    h = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "h");
    return 0;
}

static void compensate(void)
{
    assert_int_equal(profile_compensate(&fixture.profile, &fixture.threads[0]), 0);
}

static void expect(uint32_t record, int64_t self, int64_t inclusive)
{
    assert_int_equal(profile_self(&fixture.records[record]), self);
    assert_int_equal(profile_inclusive(&fixture.records[record]), inclusive);
}

static void timed_calls(void **state)
{
    uint32_t one, two, three;

    (void)state;
    three = 10 * (INSIDE + 3);
    one = fixture_record(&fixture, f, 0, 1, INSIDE + 1000 + 5 * OUTSIDE, 0);
    two = fixture_record(&fixture, g, one, 5, 5 * (INSIDE + 100) + 10 * OUTSIDE, 0);
    fixture.records[two].inclusive = fixture.records[two].self + three;
    fixture.records[one].inclusive = fixture.records[one].self + fixture.records[two].inclusive;
    three = fixture_record(&fixture, h, two, 10, three, three);
    compensate();
    expect(three, 30, 30);
    expect(two, 500, 530);
    expect(one, 1000, 1530);
}

static void untimed_calls(void **state)
{
    uint32_t one, two;

    (void)state;
    /* 90 of 100 calls are not timed. Their own time is taken to be that of a timed call. The rest of their
     * cost is in the time of the caller, which has too little of its own. */
    one = fixture_record(&fixture, f, 0, 1, INSIDE + 5000 + 10 * OUTSIDE + 90 * (UNCLOCKED - SAMPLED), 0);
    two = fixture_record(&fixture, g, one, 100, 100 * (SAMPLED + 2), 100 * (SAMPLED + 2));
    fixture.records[two].clocked = 10;
    fixture.records[one].inclusive = fixture.records[one].self + fixture.records[two].inclusive;
    compensate();
    expect(two, 200, 200);
    expect(one, 5000, 5200);
}

static void recursion(void **state)
{
    uint32_t one, two;

    (void)state;
    /* f calls itself three times. The callees of these hang below the first. */
    one = fixture_record(&fixture, f, 0, 1, INSIDE + 100 + OUTSIDE, 0);
    fixture_back_edge(&fixture, one, one, 3, 3 * (INSIDE + 100) + 2 * OUTSIDE);
    two = one + 1;
    fixture.records[one].inclusive = fixture.records[one].self + fixture.records[two].self;
    compensate();
    /* Each of the four activations has a quarter of the three calls. */
    assert_in_range(fixture.records[one].overhead + fixture.records[two].overhead, 4 * INSIDE + 3 * OUTSIDE,
                    4 * INSIDE + 3 * OUTSIDE + 1); /* each is rounded */
    assert_int_equal(profile_self(&fixture.records[one]), 100 + OUTSIDE / 4);
    assert_in_range(profile_inclusive(&fixture.records[one]), 399, 400);
    assert_int_equal(profile_self(&fixture.records[two]), 300 - OUTSIDE / 4 - 1);
}

static void a_recursion_that_is_estimated(void **state)
{
    uint32_t one, two;

    (void)state;
    /* f calls itself 99 times, mostly without the clock. The estimates are 600 ticks too high, and the first
     * call has 600 too few. */
    one = fixture_record(&fixture, f, 0, 1, 50 - 600, 1000);
    fixture_back_edge(&fixture, one, one, 99, 950 + 600);
    two = one + 1;
    fixture.records[two].clocked = 3;
    fixture.processes[0].costs = (struct profile_costs){0};
    compensate();
    assert_int_equal(profile_self(&fixture.records[one]), 0);
    assert_int_equal(profile_self(&fixture.records[two]), 1000);
    assert_int_equal(profile_inclusive(&fixture.records[one]), 1000);
}

static void a_call_back(void **state)
{
    uint32_t one, two;

    (void)state;
    /* f calls g, which calls f again. That calls h, which hangs below the first f. Half of all times except
     * g's is overhead. */
    one = fixture_record(&fixture, f, 0, 1, 2 * (INSIDE + 11 * OUTSIDE / 2), 0);
    two = fixture_record(&fixture, g, one, 1, 1000 + INSIDE + OUTSIDE, 0);
    fixture_back_edge(&fixture, two, one, 1, fixture.records[one].self);
    fixture_record(&fixture, h, one, 10, 10 * 2 * INSIDE, 10 * 2 * INSIDE);
    fixture.records[two].inclusive = fixture.records[two].self + fixture.records[one].self + 10 * 2 * INSIDE;
    fixture.records[one].inclusive = fixture.records[one].self + fixture.records[two].inclusive;
    compensate();
    expect(two, 1000, 1000 + (fixture.records[one].self + 10 * 2 * INSIDE) / 2);
}

static void costs_that_cannot_be(void **state)
{
    uint32_t one, two;

    (void)state;
    one = fixture_record(&fixture, f, 0, 1, 200000, 0);
    two = fixture_record(&fixture, g, one, 2000, 2000 * (INSIDE - 5), 0);
    compensate();
    assert_int_equal(profile_self(&fixture.records[two]), 0);
    assert_int_equal(fixture.records[one].overhead, INSIDE - 5 + 2000 * OUTSIDE);
}

static void few_calls_tell_nothing(void **state)
{
    uint32_t one;

    (void)state;
    one = fixture_record(&fixture, f, 0, 10, 10 * (INSIDE - 5), 0);
    compensate();
    assert_int_equal(profile_self(&fixture.records[one]), -50);
}

static void calls_without_times(void **state)
{
    uint32_t one;

    (void)state;
    one = fixture_record(&fixture, f, 0, 10, 0, 0);
    fixture.records[one].clocked = 0;
    compensate();
    expect(one, 0, 0);
}

static void forgets(void **state)
{
    uint32_t one;

    (void)state;
    one = fixture_record(&fixture, f, 0, 10, 1000, 1000);
    compensate();
    profile_forget_overhead(&fixture.profile);
    expect(one, 1000, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_PREPARED("a call's own window and the rest of its cost are taken from it and its caller",
                      timed_calls),
        TEST_PREPARED("the cost of calls that are not timed is taken from their callers", untimed_calls),
        TEST_PREPARED("recursive calls share the records below their target by their calls", recursion),
        TEST_PREPARED("a negative time of a recursive call is taken from the other calls of the recursion",
                      a_recursion_that_is_estimated),
        TEST_PREPARED("a record has its share of the cost where its calls lead back to", a_call_back),
        TEST_PREPARED("functions that are called often bound the costs", costs_that_cannot_be),
        TEST_PREPARED("functions that are called seldom do not bound the costs", few_calls_tell_nothing),
        TEST_PREPARED("calls without times have no cost", calls_without_times),
        TEST_PREPARED("the overheads can be set to 0 again", forgets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
