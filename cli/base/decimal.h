/*
 * decimal.h - numbers as printf writes them, several times as fast. A report has hundreds of thousands of
 * them.
 */
#ifndef CLI_BASE_DECIMAL_H
#define CLI_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

enum {
    DECIMAL_MAX = 320,     /* room for any double with three decimals */
    DECIMAL_COUNT_MAX = 21 /* room for any count */
};

/* Writes VALUE as "%.*f" does with DECIMALS, which is at most 3. Returns the length. */
size_t decimal_fixed(char text[DECIMAL_MAX], double value, int decimals);

/* Writes COUNT as "%" PRIu64 does. Returns the length. */
size_t decimal_count(char text[DECIMAL_COUNT_MAX], uint64_t count);

#endif
