/*
 * counter.h, settable - an event counter for tests. It counts by the test's settable_counter(), or stays 0 if
 * the test has none.
 */
#ifndef TESTS_SETTABLE_COUNTER_H
#define TESTS_SETTABLE_COUNTER_H

#include <stddef.h>
#include <stdint.h>

#define COUNTER_IS_READABLE 1

__attribute__((weak)) uint64_t settable_counter(uint32_t index);

static inline uint64_t counter_read(uint32_t index)
{
    return settable_counter != NULL ? settable_counter(index) : 0;
}

#endif
