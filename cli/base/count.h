/*
 * count.h - sums of counts, which stop at the largest count.
 */
#ifndef CLI_BASE_COUNT_H
#define CLI_BASE_COUNT_H

#include <stdint.h>

/* The largest count. Files of Python's marshal are read up to it, and so nothing larger is written. */
#define COUNT_MAX ((uint64_t)INT64_MAX)

/* 1 if a sum in this process is COUNT_MAX, which stands for that many or more. */
extern int count_is_capped;

/* Adds AMOUNT to SUM, up to COUNT_MAX. */
static inline void count_add(uint64_t *sum, uint64_t amount)
{
    if (__builtin_expect(amount >= COUNT_MAX || *sum >= COUNT_MAX - amount, 0)) {
        *sum = COUNT_MAX;
        count_is_capped = 1;
    } else {
        *sum += amount;
    }
}

#endif
