/*
 * ticks.h - signed sums of ticks that stop at the greatest and the least number, whatever a file says.
 */
#ifndef CLI_BASE_TICKS_H
#define CLI_BASE_TICKS_H

#include <math.h>
#include <stdint.h>

static inline int64_t ticks_add(int64_t a, int64_t b)
{
    int64_t sum;

    return __builtin_add_overflow(a, b, &sum) ? (b < 0 ? INT64_MIN : INT64_MAX) : sum;
}

static inline int64_t ticks_subtract(int64_t a, int64_t b)
{
    int64_t difference;

    return __builtin_sub_overflow(a, b, &difference) ? (b > 0 ? INT64_MIN : INT64_MAX) : difference;
}

/* Returns the nearest integer, or 0 for a NaN. */
static inline int64_t ticks_round(double number)
{
    if (fabs(number) < 0x1p52) /* nearly always, and without a call */
        return (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
    if (isnan(number))
        return 0;
    return number >= 0x1p63 ? INT64_MAX : number < -0x1p63 ? INT64_MIN : (int64_t)llround(number);
}

#endif
