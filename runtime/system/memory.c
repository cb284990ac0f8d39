/*
 * memory.c - private memory from the kernel. See memory.h.
 *
 * The reserve is one mapping. Memory that is given back stays taken, unless it was the last to be taken. A
 * forked child finds the reserve zeroed, and takes from its start again.
 */
#include "runtime/system/memory.h"

#include <sys/mman.h>

#include "runtime/system/system.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

/* Returns SIZE bytes from the kernel, or NULL. */
static void *map(size_t size, int flags)
{
    long memory = system_map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1);

    if (system_is_error(memory))
        return NULL;
    if (system_is_error(system_advise((void *)memory, size, MADV_WIPEONFORK))) {
        system_unmap((void *)memory, size);
        return NULL;
    }
    return (void *)memory;
}

/* ---- the reserve ---- */

/* Bytes of address space: memory that is never touched costs nothing. A thread's hash table, with those that
 * it has outgrown, takes at most 128 bytes for a unit of the image. So half of this lasts as long as what is
 * laid up for the image (SPACE_RESERVE, core/space.c). A program whose address space is limited gets less. */
enum { RESERVE_LARGEST = 64 << 20, RESERVE_SMALLEST = 1 << 20 };

enum { ALIGNMENT = 64 };

static char *reserve; /* begins with the number of bytes that are taken, beside those of ALIGNMENT */
static size_t reserve_size;

void memory_reserve(void)
{
    size_t size = RESERVE_LARGEST, none = 0;
    char *memory;

    while ((memory = map(size, MAP_NORESERVE)) == NULL && size > RESERVE_SMALLEST)
        size /= 2;
    if (memory == NULL)
        return;
    if (__atomic_compare_exchange_n(&reserve_size, &none, size, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        __atomic_store_n(&reserve, memory, __ATOMIC_RELEASE);
    else /* there is one already */
        system_unmap(memory, size);
}

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Returns SIZE bytes of the reserve, or NULL if it has not as many. */
static void *reserve_take(size_t size)
{
    char *memory = __atomic_load_n(&reserve, __ATOMIC_ACQUIRE);
    size_t *taken = (size_t *)memory, before;

    if (memory == NULL || size > reserve_size)
        return NULL;
    before = __atomic_load_n(taken, __ATOMIC_RELAXED);
    do
        if (aligned(size) > reserve_size - ALIGNMENT - before)
            return NULL;
    while (!__atomic_compare_exchange_n(taken, &before, before + aligned(size), 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED));
    return memory + ALIGNMENT + before;
}

static int reserve_holds(const char *memory)
{
    return reserve != NULL && memory >= reserve && memory < reserve + reserve_size;
}

/* It must be zeros when it is taken again. */
static void reserve_give(char *memory, size_t size)
{
    size_t offset = (size_t)(memory - reserve) - ALIGNMENT, end = offset + aligned(size);

    memset(memory, 0, size);
    __atomic_compare_exchange_n((size_t *)reserve, &end, offset, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

void *memory_private(size_t size)
{
    void *memory = map(size, 0);

    return memory != NULL ? memory : reserve_take(size);
}

void memory_private_free(void *memory, size_t size)
{
    if (reserve_holds(memory))
        reserve_give(memory, size);
    else
        system_unmap(memory, size);
}
