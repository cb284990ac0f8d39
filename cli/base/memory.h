/*
 * memory.h - tells the system which arrays are large.
 */
#ifndef CLI_BASE_MEMORY_H
#define CLI_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

enum { MEMORY_LARGE = 4 << 20, MEMORY_PAGE = 4096 };

/* SIZE bytes at MEMORY, newly allocated (or NULL), are wanted in large pages, if they are many: with small
 * ones, a fifth of the time of a million contexts went into page faults and address translation. */
static inline void memory_use_large_pages(void *memory, size_t size)
{
    size_t before = -(uintptr_t)memory % MEMORY_PAGE;

    if (memory != NULL && size >= MEMORY_LARGE)
        madvise((char *)memory + before, (size - before) / MEMORY_PAGE * MEMORY_PAGE, MADV_HUGEPAGE);
}

#endif
