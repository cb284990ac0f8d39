/*
 * anchor.h - reads three clocks at one instant, for the runtime and for the launcher.
 */
#ifndef RUNTIME_SYSTEM_ANCHOR_H
#define RUNTIME_SYSTEM_ANCHOR_H

#include <time.h>

#include "clock.h"
#include "runtime/format/image.h"

enum { ANCHOR_TRIES = 2 }; /* the quicker one counts: in the other the thread may have lost the processor */

/* Returns an anchor of now. READ returns the nanoseconds of a clock of the kernel. It is assumed to read that
 * clock in the middle of the call. */
static inline struct image_anchor anchor_take(uint64_t (*read)(clockid_t clock))
{
    struct image_anchor now = {0};
    uint64_t quickest = UINT64_MAX;

    for (int i = 0; i < ANCHOR_TRIES; i++) {
        uint64_t before = clock_read();
        uint64_t monotonic = read(CLOCK_MONOTONIC);
        uint64_t took = clock_read() - before;

        if (took < quickest) {
            quickest = took;
            now.ticks = before + took / 2;
            now.monotonic = monotonic;
        }
    }
    now.boottime = read(CLOCK_BOOTTIME);
    return now;
}

#endif
