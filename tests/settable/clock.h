/*
 * clock.h, settable - the clock of the accounting tests: a number that they set. A tick is a nanosecond.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

#include "runtime/image.h"

#define CLOCK_KIND IMAGE_CLOCK_SETTABLE

extern uint64_t settable_clock;

static inline uint64_t clock_read(void)
{
    return settable_clock;
}

#endif
