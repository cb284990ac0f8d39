/*
 * image_waits_test.c - how the time that a thread had no processor is shared out, by
 * cli/files/image_waits.c.
 */
#include "cli/files/image_waits.h"

#include "tests/lib/fixture.h"

static struct fixture fixture;
static struct image_thread thread;
static uint32_t timed, hot;

/* Makes a record whose calls are all timed, of 300 ticks of a nanosecond, and a hot one below it, of 100. */
static int setup(void **state)
{
    (void)state;
    fixture_start(&fixture);
    thread = (struct image_thread){.ran = 1};
    timed = fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f"), 0, 1, 300, 0);
    hot =
        fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "g"), timed, 10, 100, 0);
    fixture.records[timed].clocked = 1;
    fixture.records[hot].clocked = 5;
    return 0;
}

static void expect(uint32_t record, uint64_t preempted, uint64_t blocked)
{
    assert_int_equal(fixture.records[record].preempted, preempted);
    assert_int_equal(fixture.records[record].blocked, blocked);
}

static void share(void)
{
    assert_int_equal(waits_share(&fixture.profile, &fixture.threads[0], &thread), 0);
}

static void waits_for_a_processor(void **state)
{
    (void)state;
    thread.ran = 360;
    thread.waited = 40;
    share();
    expect(timed, 30, 0);
    expect(hot, 10, 0);
}

static void is_blocked(void **state)
{
    (void)state;
    thread.ran = 200;
    share();
    expect(timed, 0, 150);
    expect(hot, 0, 50);
}

static void of_a_damaged_file(void **state)
{
    (void)state;
    fixture.records[timed].self = fixture.records[hot].self = INT64_MAX;
    fixture.processes[0].tick_ns = 1000;
    share();
    expect(timed, 0, INT64_MAX);
    thread.waited = UINT64_MAX;
    share();
    assert_true(fixture.records[timed].preempted <= INT64_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_PREPARED("each record has a part of the wait for a processor by its time",
                      waits_for_a_processor),
        TEST_PREPARED("hot records and their callers were blocked while they took longer than the thread ran",
                      is_blocked),
        TEST_PREPARED("no time of a damaged file is beyond all numbers", of_a_damaged_file),
    };

    return cmocka_run_group_tests_name("image_waits", tests, NULL, NULL);
}
