/*
 * counter.h, any machine - reads the processor's event counters: the kernel has to.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdint.h>

#define COUNTER_IS_READABLE 0

static inline uint64_t counter_read(uint32_t index)
{
    (void)index;
    return 0;
}

#endif
