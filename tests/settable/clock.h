/*
 * clock.h, settable - a clock for tests: a number that the test sets. A tick is a nanosecond.
 *
 * It takes the place of the clock.h of the machine.
 */
#ifndef TESTS_SETTABLE_CLOCK_H
#define TESTS_SETTABLE_CLOCK_H

#include <stdint.h>

#include "runtime/format/image.h"

#define CLOCK_KIND  IMAGE_CLOCK_SETTABLE
#define CLOCK_READS IMAGE_READS_EVERY

extern uint64_t settable_clock;
extern uint64_t settable_price; /* ticks that pass after each reading */

static inline uint64_t clock_read(void)
{
    uint64_t now = __atomic_load_n(&settable_clock, __ATOMIC_RELAXED);

    if (settable_price != 0) /* if it is 0, threads may read the clock at once */
        settable_clock += settable_price;
    return now;
}

static inline uint64_t clock_read_after(void)
{
    return clock_read();
}

static inline void clock_fence(void)
{
}

static inline int clock_is_steady(void)
{
    return 1;
}

#endif
