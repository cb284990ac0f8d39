/*
 * clock.h, x86-64 - the clock that the hooks read: the time-stamp counter. A tick is one of its counts.
 */
#ifndef RUNTIME_ARCH_X86_64_CLOCK_H
#define RUNTIME_ARCH_X86_64_CLOCK_H

#include <cpuid.h>
#include <stdint.h>

#include "runtime/format/image.h"

#define CLOCK_KIND IMAGE_CLOCK_TSC

/* Reads the clock. Out-of-order execution may move the reading across the work before and after it. */
static inline uint64_t clock_read(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* Reads the clock after all work before it is done. Without the fence, out-of-order execution moves as much
 * as 20 ns of work past the reading. */
static inline uint64_t clock_read_after(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* Waits until all work before it is done. No work after it begins earlier. */
static inline void clock_fence(void)
{
    __asm__ volatile("lfence" : : : "memory");
}

/* Returns 1 if the counter is invariant: its rate depends neither on the processor's frequency nor on sleep
 * states (AMD64 Architecture Programmer's Manual, volume 3, E.4.6; Intel SDM, volume 3, 18.17.1). */
static inline int clock_is_steady(void)
{
    uint32_t a, b, c, d;

    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1 << 8));
}

#endif
