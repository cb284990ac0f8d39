/*
 * anchor.h - the same instant on two clocks, as the runtime and the launcher both take it.
 */
#ifndef ANCHOR_H
#define ANCHOR_H

#include "clock.h"

/* MONOTONIC reads CLOCK_MONOTONIC, in nanoseconds. The instant at which it does is taken to lie in the middle
 * of the call. */
static inline struct image_anchor anchor_take(uint64_t (*monotonic)(void))
{
    uint64_t before = clock_read();
    uint64_t nanoseconds = monotonic();

    return (struct image_anchor){before + (clock_read() - before) / 2, nanoseconds};
}

#endif
