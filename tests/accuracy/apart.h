/*
 * apart.h - functions that the compiler neither inlines, nor merges, nor changes by what it knows of callers.
 */
#ifndef TESTS_ACCURACY_APART_H
#define TESTS_ACCURACY_APART_H

#include <stdint.h>

#ifdef __has_attribute
#if __has_attribute(noipa)
#define APART __attribute__((noipa))
#endif
#endif
#ifndef APART
#define APART __attribute__((noinline))
#endif

/* A function without hooks. */
#define WITHOUT_HOOKS __attribute__((no_instrument_function))

/* Multiplies TIMES times. Each multiplication waits for the one before, and takes about 1 ns. */
static inline __attribute__((always_inline, no_instrument_function)) uint64_t multiply(uint64_t x,
                                                                                       uint64_t times)
{
#pragma GCC unroll 128
    for (uint64_t i = 0; i < times; i++) {
        x *= 0x5851f42d;
        __asm__ volatile("" : "+r"(x));
    }
    return x;
}

#endif
