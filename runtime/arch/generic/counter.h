/*
 * counter.h, any machine - event counters of the processor, which only the kernel reads here.
 */
#ifndef RUNTIME_ARCH_GENERIC_COUNTER_H
#define RUNTIME_ARCH_GENERIC_COUNTER_H

#include <stdint.h>

#define COUNTER_IS_READABLE 0

/* Returns 0. It is not called, because COUNTER_IS_READABLE is 0. */
static inline uint64_t counter_read(uint32_t index)
{
    (void)index;
    return 0;
}

#endif
