/*
 * decimal_test.c - cli/base/decimal.c writes numbers as printf does.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/decimal.h"
#include "tests/lib/case.h"

static void assert_as_printf(double value)
{
    char text[DECIMAL_MAX], expected[DECIMAL_MAX];

    for (int decimals = 0; decimals <= 3; decimals++) {
        size_t length = (size_t)snprintf(expected, sizeof expected, "%.*f", decimals, value);
        assert_int_equal(decimal_fixed(text, value, decimals), length);
        assert_string_equal(text, expected);
    }
}

static void both_signs(double value)
{
    assert_as_printf(value);
    assert_as_printf(-value);
}

/* Returns the double that is STEPS further from 0 than VALUE, which is not 0. */
static double neighbour(double value, int steps)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits += (uint64_t)(int64_t)steps;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Returns the next number of a linear congruential generator: the sequence never changes. */
static uint64_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return *seed ^ *seed >> 29;
}

static void writes_special_values(void **state)
{
    (void)state;
    both_signs(0);
    both_signs(DBL_MIN);
    both_signs(DBL_TRUE_MIN);
    both_signs(DBL_MAX);
    both_signs(INFINITY);
    both_signs((double)NAN);
    for (int exponent = 40; exponent < 70; exponent++) {
        both_signs(ldexp(1, exponent));
        both_signs(neighbour(ldexp(1, exponent), -1));
        both_signs(neighbour(ldexp(1, exponent), 1));
    }
}

/* Tries the numbers at, just below and just above each half of a last digit. */
static void rounds_half_to_even(void **state)
{
    (void)state;
    for (int i = 0; i < 40000; i++) {
        double half = i / 16.0, decimal = (i + 0.5) / 1000;
        both_signs(half);
        both_signs(decimal);
        both_signs(neighbour(decimal, -1));
        both_signs(neighbour(decimal, 1));
    }
}

static void writes_any_double(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next(&seed);
        double value;
        memcpy(&value, &bits, sizeof value);
        assert_as_printf(value);
        both_signs(ldexp((double)(next(&seed) >> 11), -(int)(next(&seed) % 90)));
        both_signs((double)(next(&seed) % 1000000000000) * 1e-9);
    }
}

static void writes_counts(void **state)
{
    char text[DECIMAL_MAX], expected[DECIMAL_MAX];
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t count = i == 0 ? 0 : i == 1 ? UINT64_MAX : next(&seed) >> i % 64;
        size_t length = (size_t)snprintf(expected, sizeof expected, "%" PRIu64, count);
        assert_int_equal(decimal_count(text, count), length);
        assert_string_equal(text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("zeros, infinities and powers of two are written as printf does", writes_special_values),
        TEST_ALONE("a half of the last digit is rounded as printf does", rounds_half_to_even),
        TEST_ALONE("any double is written as printf does", writes_any_double),
        TEST_ALONE("any count is written as printf does", writes_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
