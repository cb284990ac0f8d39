/*
 * memory.c - private memory from the kernel. See memory.h.
 */
#include "runtime/system/memory.h"

#include <sys/mman.h>

#include "runtime/system/system.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

void *memory_private(size_t size)
{
    long memory = system_map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

    if (system_is_error(memory))
        return NULL;
    if (system_is_error(system_advise((void *)memory, size, MADV_WIPEONFORK))) {
        system_unmap((void *)memory, size);
        return NULL;
    }
    return (void *)memory;
}

void memory_private_free(void *memory, size_t size)
{
    system_unmap(memory, size);
}
