/*
 * addresses.h - binary search in arrays that are sorted by address.
 */
#ifndef SYMBOLIZER_ADDRESSES_H
#define SYMBOLIZER_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Returns the index of the first of COUNT THINGS at or above ADDRESS, or COUNT if there is none. Each thing
 * is SIZE bytes long and begins with its address, a uint64_t.
 */
static inline size_t addresses_from(const void *things, size_t count, size_t size, uint64_t address)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (*(const uint64_t *)((const char *)things + middle * size) < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
