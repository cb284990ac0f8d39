/*
 * interrupt_test.c - tests that signal handlers may come in between any two instructions of what the hooks do
 * without blocking signals.
 */
#include "tests/lib/case.h"

#include <string.h>

#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/records.h"
#include "tests/runtime/steps.h"

uint64_t settable_clock, settable_price;

static struct thread thread;

/* ---- details ---- */

enum { ONE = 1, OTHER = 2, SPARES = 4, UNITS = 16 };

static uint64_t units[UNITS][IMAGE_UNIT / sizeof(uint64_t)];
static struct image_details *taken, *taken_by_handler;

static void begin_details(void)
{
    memset(units, 0, sizeof units);
    memset(&thread, 0, sizeof thread);
    thread.base = (char *)units;
    for (uint32_t i = 0; i < 4; i++)
        thread.spares[i] = SPARES + 2 * i;
    taken = taken_by_handler = NULL;
}

static void take_one(void)
{
    taken = context_spare_details(&thread, image_at(thread.base, ONE));
}

static void take_in_handler(uint32_t record)
{
    taken_by_handler = context_spare_details(&thread, image_at(thread.base, record));
}

static void handler_takes_other(void)
{
    take_in_handler(OTHER);
}

static void handler_takes_one(void)
{
    take_in_handler(ONE);
}

static void details_of_another_record(void **state)
{
    long step = 1;

    (void)state;
    for (begin_details(); steps_interrupt(step, take_one, handler_takes_other); step++, begin_details()) {
        assert_non_null(taken);
        assert_non_null(taken_by_handler);
        assert_ptr_not_equal(taken, taken_by_handler);
    }
    if (step == 1)
        skip();
}

static void details_of_one_record(void **state)
{
    long step = 1;

    (void)state;
    for (begin_details(); steps_interrupt(step, take_one, handler_takes_one); step++, begin_details()) {
        assert_non_null(taken);
        assert_ptr_equal(taken, taken_by_handler);
    }
    if (step == 1)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("a handler that interrupts the taking of details takes others for another record",
                   details_of_another_record),
        TEST_ALONE("a handler that interrupts the taking of details takes the same for one record",
                   details_of_one_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
