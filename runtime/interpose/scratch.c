/*
 * scratch.c - memory for a stand-in, for as long as it runs. See scratch.h.
 */
#include "runtime/interpose/scratch.h"

#include <stdint.h>

#include "runtime/system/memory.h"
#include "runtime/system/system.h"

/* The memory that this thread, or a child by vfork in its place, took and did not give back. */
static __thread struct {
    void *memory;
    size_t size;
    uint32_t owner; /* the thread ID of who took it */
} kept __attribute__((tls_model("initial-exec")));

/* If the owner is this thread, a signal handler has interrupted it, and it still uses its memory. Any other
 * owner was a child, which has left: this thread waited for that. */
void *scratch_take(size_t size)
{
    int is_free = kept.memory == NULL || kept.owner != system_tid();
    void *memory;

    if (is_free && kept.memory != NULL)
        memory_private_free(kept.memory, kept.size);
    memory = memory_private(size);
    if (is_free) {
        kept.memory = memory;
        kept.size = size;
        kept.owner = system_tid();
    }
    return memory;
}

void scratch_give(void *memory, size_t size)
{
    if (memory == kept.memory)
        kept.memory = NULL;
    if (memory != NULL)
        memory_private_free(memory, size);
}
