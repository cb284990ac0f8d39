/*
 * interrupt_test.c - tests that signal handlers may come in between any two instructions of what the hooks do
 * without blocking signals.
 */
#include "tests/lib/case.h"

#include <string.h>

#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/stack/frames.h"
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

/* ---- times ---- */

enum { ENTRY = 1000, INCLUSIVE = 10, SLOW = 500 };

static struct image_thread shared;
static struct image_frame frame;
static uint64_t inclusive, self;

static void begin_times(void)
{
    memset(&thread, 0, sizeof thread);
    thread.shared = &shared;
    frame.entry = settable_clock = ENTRY;
    inclusive = self = 0;
}

static uint64_t read_clock(struct thread *of)
{
    (void)of;
    return __atomic_load_n(&settable_clock, __ATOMIC_RELAXED);
}

static void start_call(void)
{
    account_start(&thread, &frame, read_clock);
}

static void stop_call(void)
{
    inclusive = account_stop(&thread, &frame, read_clock, &self);
}

/* A handler whose call is not timed, but takes a slow path. */
static void handler_is_slow(void)
{
    settable_clock += SLOW;
    thread.paused += SLOW;
}

static void a_slow_path_at_the_entry(void **state)
{
    long step = 1;

    (void)state;
    for (begin_times(); steps_interrupt(step, start_call, handler_is_slow); step++, begin_times())
        assert_int_equal(frame.entry, ENTRY);
    if (step == 1)
        skip();
}

static void a_slow_path_at_the_exit(void **state)
{
    long step = 1;

    (void)state;
    for (begin_times(), settable_clock += INCLUSIVE; steps_interrupt(step, stop_call, handler_is_slow);
         step++, begin_times(), settable_clock += INCLUSIVE) {
        assert_int_equal(inclusive, INCLUSIVE);
        assert_int_equal(self, INCLUSIVE);
    }
    if (step == 1)
        skip();
}

/* ---- handlers on stacks of their own ---- */

static void a_handler_above_a_call(void **state)
{
    const struct image_frame *interrupted;

    (void)state;
    begin_details();
    thread.shared = &shared;
    shared.root = ONE;
    stack_start(&thread, OTHER, 3);
    stack_place(&thread, (struct stack_bounds){0x1000, 0x2000});
    interrupted = thread.top;
    frame_watch(&thread, interrupted);
    assert_true(frame_is_leaf(&thread, interrupted));
    assert_int_equal(stack_nest(&thread, (struct stack_bounds){0x3000, 0x4000}), 0);
    stack_pop_nest(&thread);
    assert_ptr_equal(thread.top, interrupted);
    assert_false(frame_is_leaf(&thread, interrupted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("a handler that interrupts the taking of details takes others for another record",
                   details_of_another_record),
        TEST_ALONE("a handler that interrupts the taking of details takes the same for one record",
                   details_of_one_record),
        TEST_ALONE("the slow path of a handler does not count for a call that is just beginning",
                   a_slow_path_at_the_entry),
        TEST_ALONE("the slow path of a handler does not count for a call that is just ending",
                   a_slow_path_at_the_exit),
        TEST_ALONE("a call is no leaf if a handler on another stack has interrupted it",
                   a_handler_above_a_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
