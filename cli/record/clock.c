/*
 * clock.c - the launcher's clocks. See clock.h.
 */
#include "cli/record/clock.h"

#include <stdint.h>
#include <time.h>

#include "runtime/system/anchor.h"
#include "runtime/system/system.h"

/* Not by libc: the user may have preloaded a library that makes up the time, which the launcher would see
 * too. */
static uint64_t read_clock(clockid_t clock)
{
    struct timespec now = {0};

    SYSTEM_CALL(SYS_clock_gettime, clock, &now, 0, 0, 0, 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct image_anchor clock_anchor(void)
{
    return anchor_take(read_clock);
}
