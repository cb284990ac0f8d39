/*
 * clock.h, any machine - the clock that the hooks read: CLOCK_MONOTONIC. A tick is a nanosecond.
 */
#ifndef RUNTIME_ARCH_GENERIC_CLOCK_H
#define RUNTIME_ARCH_GENERIC_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "runtime/format/image.h"

#define CLOCK_KIND IMAGE_CLOCK_MONOTONIC

/* Reads the clock. */
static inline uint64_t clock_read(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Reads the clock after all work before it is done: the kernel's code sees to that where it can. */
static inline uint64_t clock_read_after(void)
{
    return clock_read();
}

/* Waits until all work before it is done, on machines with a fence for that. Does nothing here. */
static inline void clock_fence(void)
{
}

/* Returns 1: CLOCK_MONOTONIC has one rate. */
static inline int clock_is_steady(void)
{
    return 1;
}

#endif
