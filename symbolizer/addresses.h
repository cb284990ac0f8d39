/*
 * addresses.h - looks an address up among things that are sorted by theirs.
 */
#ifndef SYMBOLIZER_ADDRESSES_H
#define SYMBOLIZER_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>

/* The index of the first of COUNT things, each of SIZE bytes and beginning with its address, that lies at or
 * above ADDRESS; COUNT if there is none. */
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
