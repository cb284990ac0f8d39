/*
 * perf_test.c - tests reading an event counter without a system call, from a made-up page.
 *
 * settable_counter() stands for the instruction that reads the counter. It also changes the page as the
 * kernel would meanwhile.
 */
#include "tests/runtime/play.h"

#include <linux/perf_event.h>

#include "runtime/timers/perf.h"
#include "tests/settable/counter.h"

static struct perf_event_mmap_page page;
static uint64_t raw;
static uint32_t index_read;
static int moves; /* the times that the kernel moves the counter while it is read */

uint64_t settable_counter(uint32_t index)
{
    index_read = index;
    if (moves > 0) {
        moves--;
        page.lock += 2;
        page.offset += 1000;
    }
    return raw;
}

static void expect(uint64_t count)
{
    uint64_t result = 0;

    assert_int_equal(perf_page_read(&page, &result), 0);
    assert_int_equal(result, count);
}

static void counts(void **state)
{
    (void)state;
    moves = 0;
    page = (struct perf_event_mmap_page){.cap_user_rdpmc = 1, .index = 3, .offset = 500, .pmc_width = 48};
    raw = 7;
    expect(507);
    assert_int_equal(index_read, 2);
    /* The numbers of Intel's fixed counters start at 2^30. */
    page.index = (1u << 30) + 1;
    expect(507);
    assert_int_equal(index_read, 1u << 30);
}

/* The kernel starts counters below zero, so that they overflow soon. Bits above the width have any value. */
static void extends_sign(void **state)
{
    (void)state;
    moves = 0;
    page = (struct perf_event_mmap_page){.cap_user_rdpmc = 1, .index = 1, .offset = 500, .pmc_width = 48};
    raw = ((uint64_t)1 << 48) - 100;
    expect(400);
    raw |= (uint64_t)0x1234 << 48;
    expect(400);
    page.pmc_width = 64;
    raw = (uint64_t)-200;
    expect(300);
}

static void moved(void **state)
{
    (void)state;
    page = (struct perf_event_mmap_page){.cap_user_rdpmc = 1, .index = 1, .offset = 500, .pmc_width = 48};
    raw = 1;
    moves = 2;
    expect(2501);
    assert_int_equal(moves, 0);
}

static void not_counting(void **state)
{
    uint64_t count;

    (void)state;
    moves = 0;
    page = (struct perf_event_mmap_page){.cap_user_rdpmc = 1, .offset = 500, .pmc_width = 48};
    assert_int_equal(perf_page_read(&page, &count), -1);
    page = (struct perf_event_mmap_page){.index = 1, .offset = 500, .pmc_width = 48};
    assert_int_equal(perf_page_read(&page, &count), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("the count of an event is the sum of the page's offset and the counter", counts),
        TEST_ALONE("a counter is signed and as wide as its page tells", extends_sign),
        TEST_ALONE("a counter that the kernel moves meanwhile is read again", moved),
        TEST_ALONE("a counter that does not count or must not be read is not read", not_counting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
