/*
 * counter.h, any machine - reads the processor's event counters: the kernel has to.
 */
#ifndef RUNTIME_ARCH_GENERIC_COUNTER_H
#define RUNTIME_ARCH_GENERIC_COUNTER_H

#include <stdint.h>

#define COUNTER_IS_READABLE 0

static inline uint64_t counter_read(uint32_t index)
{
    (void)index;
    return 0;
}

#endif
