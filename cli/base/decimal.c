/*
 * decimal.c - numbers as printf writes them. See decimal.h.
 *
 * A double is M * 2^E with M < 2^53, so M times a thousand is exact in 64 bits. The rest of its division by
 * 2^-E is exact too, so half can be rounded to even as printf does. Numbers that do not fit are left to
 * printf.
 */
#include "cli/base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

size_t decimal_count(char text[DECIMAL_COUNT_MAX], uint64_t count)
{
    char digits[DECIMAL_COUNT_MAX - 1], *first = digits + sizeof digits;

    do
        *--first = (char)('0' + count % 10);
    while ((count /= 10) > 0);
    size_t length = (size_t)(digits + sizeof digits - first);
    memcpy(text, first, length);
    text[length] = '\0';
    return length;
}

/* Returns SCALED / 2^SHIFT, rounded half to even. SCALED is below 2^63, so a division by 2^64 or more yields
 * less than a half. */
static uint64_t divide(uint64_t scaled, int shift)
{
    if (shift >= 64)
        return 0;
    uint64_t quotient = scaled >> shift, rest = scaled & ((UINT64_C(1) << shift) - 1);
    uint64_t half = UINT64_C(1) << (shift - 1);

    return quotient + (rest > half || (rest == half && (quotient & 1)));
}

size_t decimal_fixed(char text[DECIMAL_MAX], double value, int decimals)
{
    static const uint32_t powers[] = {1, 10, 100, 1000};
    int exponent;
    double fraction = frexp(value, &exponent);

    if (!isfinite(value) || exponent > 52 || decimals < 0 || decimals > 3)
        return (size_t)snprintf(text, DECIMAL_MAX, "%.*f", decimals, value);
    uint64_t scaled = (uint64_t)(fabs(fraction) * 0x1p53) * powers[decimals];
    uint64_t rounded = divide(scaled, 53 - exponent);
    char *end = text;

    if (signbit(value))
        *end++ = '-';
    end += decimal_count(end, rounded / powers[decimals]);
    if (decimals > 0)
        *end++ = '.';
    rounded %= powers[decimals];
    for (int i = decimals; i-- > 0; rounded /= 10)
        end[i] = (char)('0' + rounded % 10);
    end += decimals;
    *end = '\0';
    return (size_t)(end - text);
}
