/*
 * array.h - arrays that grow by doubling.
 */
#ifndef CLI_BASE_ARRAY_H
#define CLI_BASE_ARRAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The number of elements of ARRAY, which is no pointer. */
#define ARRAY_COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * Makes room for one more element in ITEMS, which has COUNT elements of SIZE bytes. Returns the array,
 * perhaps moved, or NULL without memory: ITEMS is then still valid.
 *
 * The capacity of an array that grows by this function alone is the next power of two. So nobody stores it.
 */
static inline void *array_grow(void *items, size_t count, size_t size)
{
    if (count & (count - 1))
        return items;
    if (count > SIZE_MAX / 2 / size)
        return NULL;
    return realloc(items, (count ? 2 * count : 1) * size);
}

/* Appends a zeroed element to the array ITEMS. Yields a pointer to it, or NULL without memory. */
#define ARRAY_APPEND(items, count)                                                                           \
    (__extension__({                                                                                         \
        void *array_grown = array_grow((items), (count), sizeof *(items));                                   \
        __typeof__(items) array_added = NULL;                                                                \
        if (array_grown != NULL) {                                                                           \
            (items) = array_grown;                                                                           \
            array_added = &(items)[(count)++];                                                               \
            memset(array_added, 0, sizeof *array_added);                                                     \
        }                                                                                                    \
        array_added;                                                                                         \
    }))

#endif
