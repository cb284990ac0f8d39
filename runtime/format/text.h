/*
 * text.h - builds paths and reads numbers without libc, whose printf may allocate and which a program may
 * replace.
 */
#ifndef RUNTIME_FORMAT_TEXT_H
#define RUNTIME_FORMAT_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Appends MORE to the LENGTH characters in TEXT, a buffer of SIZE bytes. Appends nothing if it does not fit.
 * Returns the new length. */
static inline size_t append(char *text, size_t size, size_t length, const char *more)
{
    size_t added = strlen(more);

    if (length + added < size) {
        memcpy(text + length, more, added + 1);
        length += added;
    }
    return length;
}

/* Appends NUMBER in decimal, or nothing if it does not fit. Returns the new length. */
static inline size_t append_number(char *text, size_t size, size_t length, uint64_t number)
{
    char digits[24];
    char *digit = digits + sizeof digits - 1;

    *digit = '\0';
    do
        *--digit = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    return append(text, size, length, digit);
}

/* Returns the decimal number at *TEXT, or UINT64_MAX if it is greater, and moves *TEXT behind its digits.
 * Returns 0 if there are none. */
static inline uint64_t take_number(const char **text)
{
    uint64_t number = 0;

    for (; **text >= '0' && **text <= '9'; ++*text)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(**text - '0'), &number))
            number = UINT64_MAX;
    return number;
}

#endif
