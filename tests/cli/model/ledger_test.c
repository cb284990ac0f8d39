/*
 * ledger_test.c - the times of a process, from the clock, samples and windows.
 */
#include "cli/model/ledger.h"

#include <math.h>

#include "cli/model/inclusive.h"
#include "tests/lib/fixture.h"

enum { INSIDE = 20, SAMPLED = 30, OUTSIDE = 52, UNCLOCKED = 7 };

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

static void solve(void)
{
    assert_int_equal(ledger_solve(&fixture.profile, 0), 0);
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
    solve();
    expect(three, 30, 30);
    expect(two, 500, 530);
    expect(one, 1000, 1530);
}

/* Of RECORD's calls, COUNT are not timed. Calls in which no other begins take TICKS. */
static void set_untimed(uint32_t record, uint64_t count, uint64_t ticks)
{
    struct profile_record *added = &fixture.records[record];

    added->clocked = added->calls - count;
    added->leaf_calls = added->calls;
    added->leaf_ticks = added->calls * ticks;
}

static void untimed_calls(void **state)
{
    uint32_t one, two;

    (void)state;
    /* 90 of 100 calls are not timed. Their own time is taken to be that of a timed call. It is in the time of
     * the caller, and so is their cost. */
    one = fixture_record(&fixture, f, 0, 1, INSIDE + 5000 + 10 * OUTSIDE + 90 * (UNCLOCKED + 2), 0);
    two = fixture_record(&fixture, g, one, 100, 10 * (SAMPLED + 2), 0);
    set_untimed(two, 90, SAMPLED + 2);
    solve();
    expect(two, 200, 200);
    expect(one, 5000, 5200);
}

static void levels_of_untimed_calls(void **state)
{
    uint32_t one, two, three;

    (void)state;
    /* Each g calls h twice. A timed g contains its two calls, which are not timed. */
    fixture.processes[0].costs = (struct profile_costs){0};
    one = fixture_record(&fixture, f, 0, 1, 5000 + 90 * (20 + 2 * 3), 0);
    two = fixture_record(&fixture, g, one, 100, 10 * (20 + 2 * 3), 0);
    three = fixture_record(&fixture, h, two, 200, 0, 0);
    fixture.records[two].clocked = 10;
    set_untimed(three, 200, 3);
    fixture.records[three].clocked = 1;
    fixture.records[three].self = 3;
    solve();
    expect(three, 600, 600);
    assert_in_range(profile_self(&fixture.records[two]), 1990, 2010);
    assert_in_range(profile_self(&fixture.records[one]), 4980, 5010);
}

static void time_without_a_processor(void **state)
{
    uint32_t one, two;

    (void)state;
    one = fixture_record(&fixture, f, 0, 1, INSIDE + 5000 + 10 * OUTSIDE + 90 * (UNCLOCKED + 2) + 7000, 0);
    two = fixture_record(&fixture, g, one, 100, 10 * (SAMPLED + 2), 0);
    set_untimed(two, 90, SAMPLED + 2);
    fixture.records[one].preempted = 7000;
    solve();
    expect(two, 200, 200);
    expect(one, 5000, 5200);
}

static void time_of_samples(void **state)
{
    uint32_t one;

    (void)state;
    fixture.processes[0].period = 1000;
    fixture.processes[0].samples_kernel = 1;
    fixture.processes[0].sample_cost = 50;
    fixture.processes[0].costs = (struct profile_costs){0};
    one = fixture_record(&fixture, f, 0, 1, 20000, 0);
    fixture.records[one].samples = 20;
    solve();
    expect(one, 19000, 19000);
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
    solve();
    /* Each of the four activations has a quarter of the three calls. */
    expect(one, 100 + OUTSIDE / 4, 400);
    expect(two, 300 - OUTSIDE / 4, 0);
}

static void an_untimed_recursion(void **state)
{
    uint32_t one, two;

    (void)state;
    /* f calls itself 99 times, mostly without the clock: the timed calls contain the others. */
    one = fixture_record(&fixture, f, 0, 1, 600, 1000);
    fixture_back_edge(&fixture, one, one, 99, 400);
    two = one + 1;
    set_untimed(two, 96, 10);
    fixture.processes[0].costs = (struct profile_costs){0};
    solve();
    assert_int_equal(profile_self(&fixture.records[one]), 10);
    assert_int_equal(profile_self(&fixture.records[two]), 990);
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
    solve();
    expect(two, 1000, 1000 + (fixture.records[one].self + 10 * 2 * INSIDE) / 2);
}

static void costs_that_cannot_be(void **state)
{
    uint32_t one, two;

    (void)state;
    one = fixture_record(&fixture, f, 0, 1, 200000, 0);
    two = fixture_record(&fixture, g, one, 2000, 2000 * (INSIDE - 5), 0);
    solve();
    expect(two, 0, 0);
    expect(one, 200000 - INSIDE - 2000 * OUTSIDE, 200000 - INSIDE - 2000 * OUTSIDE);
}

static void few_calls_tell_nothing(void **state)
{
    uint32_t one;

    (void)state;
    one = fixture_record(&fixture, f, 0, 10, 10 * (INSIDE - 5), 0);
    solve();
    expect(one, 0, 0);
}

static void calls_without_times(void **state)
{
    uint32_t one;

    (void)state;
    one = fixture_record(&fixture, f, 0, 10, 0, 0);
    fixture.records[one].clocked = 0;
    solve();
    expect(one, 0, 0);
}

/* Samples of 100 ticks. A thread of 100,000 ticks is one region: main's call is timed, those of the others
 * are not. */
static void samples(void **state)
{
    uint32_t one, two, three;

    (void)state;
    fixture.processes[0].period = 100;
    one = fixture_record(&fixture, f, 0, 1, 100000, 0);
    two = fixture_record(&fixture, g, one, 10000, 0, 0);
    three = fixture_record(&fixture, h, two, 10000, 0, 0);
    set_untimed(two, 9999, SAMPLED + 2);
    set_untimed(three, 9999, SAMPLED + 2);
    fixture.records[one].samples = 100;
    fixture.records[two].samples = 200;
    fixture.records[three].samples = 100;
    fixture.records[two].hook_samples = 300;
    fixture.records[three].hook_samples = 300;
    solve();
    assert_in_range(profile_self(&fixture.records[one]), 9000, 11000);
    assert_in_range(profile_self(&fixture.records[two]), 19000, 21000);
    assert_in_range(profile_self(&fixture.records[three]), 9000, 11000);
    assert_in_range(sqrt(fixture.records[two].variance), 1200, 1500); /* sqrt(200) samples */
    assert_in_range(fixture.records[one].inclusive, 99999, 100001);
}

static void few_samples(void **state)
{
    uint32_t one, two;

    (void)state;
    fixture.processes[0].period = 100000;
    one = fixture_record(&fixture, f, 0, 1, 15000, 0);
    two = fixture_record(&fixture, g, one, 100, 0, 0);
    set_untimed(two, 99, SAMPLED + 20);
    fixture.records[two].samples = 1;
    solve();
    assert_in_range(profile_self(&fixture.records[two]), 500, 9500);
    assert_in_range(profile_inclusive(&fixture.records[one]), 1000, 15000);
    assert_int_equal(fixture.records[one].inclusive, 15000);
}

static void refused_samples(void **state)
{
    uint32_t one;

    (void)state;
    one = fixture_record(&fixture, f, 0, 1000, 1000 * (INSIDE + 100), 0);
    fixture.processes[0].period = 1;
    fixture.threads[0].is_unsampled = 1;
    solve();
    expect(one, 100000, 100000);
}

static void folded_contexts(void **state)
{
    uint32_t holder, deep, one, two;

    (void)state;
    /* g is called by the f that h has called, but g's calls hang below another f. */
    fixture.processes[0].costs = (struct profile_costs){0};
    holder = fixture_record(&fixture, f, 0, 0, 0, 0);
    deep = fixture_record(&fixture, h, 0, 1, 100, 1700);
    one = fixture_record(&fixture, f, deep, 1, 1600, 1600);
    two = fixture_record(&fixture, g, holder, 100, 0, 0);
    set_untimed(two, 99, 10);
    fixture.threads[0].folded = 100;
    solve();
    assert_int_equal(profile_self(&fixture.records[deep]), 100);
    assert_int_equal(profile_self(&fixture.records[one]), 609);
    assert_int_equal(profile_self(&fixture.records[two]), 991);
}

static void contexts_below_nothing(void **state)
{
    uint32_t one = fixture_record(&fixture, f, 0, 1, 100, 10), two = fixture_record(&fixture, g, 0, 1, 0, 0);
    uint32_t three = fixture_record(&fixture, f, two, 1, 100, 10);
    int64_t sum;

    (void)state;
    fixture_record(&fixture, f, two, 1, 100, -10);
    fixture.threads[0].folded = 1;
    assert_int_equal(inclusive_sum(&fixture.profile, &fixture.threads[0]), 0);
    sum = fixture.records[one].inclusive + fixture.records[three].inclusive;
    assert_int_equal(sum + fixture.records[three + 1].inclusive, 300);
}

static void time_blocked(void **state)
{
    uint32_t one, two;

    (void)state;
    fixture.processes[0].period = 100;
    fixture.processes[0].costs = (struct profile_costs){0};
    one = fixture_record(&fixture, f, 0, 1, 60000, 0);
    two = fixture_record(&fixture, g, one, 10000, 0, 0);
    fixture.records[two].clocked = 10;
    fixture.records[two].blocked = 50000;
    fixture.records[one].samples = 100;
    solve();
    assert_in_range(profile_self(&fixture.records[two]), 50000, 52000);
    assert_in_range(profile_self(&fixture.records[one]), 8000, 10000);
}

static void cpu_time(void **state)
{
    uint32_t one, two;

    (void)state;
    /* g was blocked and preempted for longer than it ran, which CPU time leaves out. Half of it is hooks. */
    fixture.processes[0].timer = PROFILE_TIMER_CPU;
    fixture.processes[0].period = 10;
    fixture.processes[0].samples_kernel = 1;
    one = fixture_record(&fixture, f, 0, 1, 100, 100100);
    two = fixture_record(&fixture, g, one, 1000, 100000, 100000);
    fixture.records[two].clocked = 100;
    fixture.records[two].samples = fixture.records[two].hook_samples = 5000;
    fixture.records[two].blocked = fixture.records[two].preempted = 1000000;
    solve();
    assert_in_range(profile_self(&fixture.records[two]), 48000, 52000);
}

static void time_in_the_kernel(void **state)
{
    uint32_t one;

    (void)state;
    fixture.processes[0].period = 100;
    one = fixture_record(&fixture, f, 0, 1000, 1000000, 0);
    fixture.records[one].samples = 50;
    fixture.records[one].hook_samples = 50;
    solve();
    assert_in_range(profile_self(&fixture.records[one]), 900000, 999000);
    fixture.processes[0].samples_kernel = 1;
    fixture.records[one].self = 10000;
    solve();
    assert_in_range(profile_self(&fixture.records[one]), 4500, 6500);
}

static void what_the_hooks_cost(void **state)
{
    struct profile_costs costs;
    uint32_t one;

    (void)state;
    one = fixture_record(&fixture, f, 0, 1000, 1000 * 10 * INSIDE, 0);
    fixture.processes[0].period = 1;
    fixture.processes[0].samples_kernel = 1;
    fixture.records[one].samples = 1000 * 5 * INSIDE;
    fixture.records[one].hook_samples = 1000 * 5 * INSIDE;
    solve();
    assert_int_equal(ledger_costs(&costs, &fixture.profile, 0), 0);
    assert_in_range(costs.inside, 5 * INSIDE - 1, 5 * INSIDE + 1);
    assert_in_range(costs.outside, 5 * OUTSIDE - 1, 5 * OUTSIDE + 1);
}

static void forgets(void **state)
{
    uint32_t one;

    (void)state;
    one = fixture_record(&fixture, f, 0, 10, 1000, 1000);
    solve();
    profile_forget_overhead(&fixture.profile);
    expect(one, 1000, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_PREPARED("a call's own window and the rest of its cost are taken from it and its caller",
                      timed_calls),
        TEST_PREPARED("calls that are not timed take their time and their cost from their callers",
                      untimed_calls),
        TEST_PREPARED("a timed call contains calls that are not, each with its own time",
                      levels_of_untimed_calls),
        TEST_PREPARED("time for which others had the processor is left out", time_without_a_processor),
        TEST_PREPARED("time for which samples stopped the program is left out", time_of_samples),
        TEST_PREPARED("recursive calls share the records below their target by their calls", recursion),
        TEST_PREPARED("calls of a recursion that are not timed are divided by their number",
                      an_untimed_recursion),
        TEST_PREPARED("a record has its share of the cost where its calls lead back to", a_call_back),
        TEST_PREPARED("calls that took less than they cost take no time", costs_that_cannot_be),
        TEST_PREPARED("few calls that took less than they cost take none either", few_calls_tell_nothing),
        TEST_PREPARED("calls without times have no cost", calls_without_times),
        TEST_PREPARED("samples divide the time of a region", samples),
        TEST_PREPARED("the windows of calls say more than few samples", few_samples),
        TEST_PREPARED("samples that were refused say nothing", refused_samples),
        TEST_PREPARED("a folded context has its time from any record of its caller", folded_contexts),
        TEST_PREPARED("contexts share their function's time also if a damaged file has one below 0",
                      contexts_below_nothing),
        TEST_PREPARED("time blocked is that of the record that was", time_blocked),
        TEST_PREPARED("CPU time has no part of the time without a processor", cpu_time),
        TEST_PREPARED("where samples leave out the kernel, it is the program that is there",
                      time_in_the_kernel),
        TEST_PREPARED("a call costs what the samples of hooks say", what_the_hooks_cost),
        TEST_PREPARED("the overheads can be set to 0 again", forgets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
