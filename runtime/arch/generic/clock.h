/*
 * clock.h, any machine - the clock that the hooks read: CLOCK_MONOTONIC. A tick is a nanosecond.
 *
 * A machine's own clock.h says what each function promises (runtime/arch/x86_64/clock.h).
 */
#ifndef RUNTIME_ARCH_GENERIC_CLOCK_H
#define RUNTIME_ARCH_GENERIC_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "runtime/format/image.h"

#define CLOCK_KIND IMAGE_CLOCK_MONOTONIC

static inline uint64_t clock_read(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
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
