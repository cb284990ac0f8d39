/*
 * counter.h, x86-64 - reads the processor's event counters without a system call.
 */
#ifndef RUNTIME_ARCH_X86_64_COUNTER_H
#define RUNTIME_ARCH_X86_64_COUNTER_H

#include <stdint.h>

#define COUNTER_IS_READABLE 1 /* if the kernel allows it: see perf.c */

/* Returns counter INDEX. */
static inline uint64_t counter_read(uint32_t index)
{
    uint32_t low, high;

    __asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(index));
    return (uint64_t)high << 32 | low;
}

#endif
