/*
 * scratch.c - memory for a stand-in, for as long as it runs. See scratch.h.
 */
#include "runtime/interpose/scratch.h"

#include <stdint.h>

#include "runtime/core/compiler.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"

struct block {
    size_t size;    /* bytes of all */
    uint32_t owner; /* the thread ID of who took it */
    _Alignas(max_align_t) char bytes[];
};

/* The block that this thread, or a child by vfork in its place, took and did not give back. A signal handler
 * may come in between any two steps, so this is all that there is to change. */
static __thread struct block *kept __attribute__((tls_model("initial-exec")));

static void kept_free(void)
{
    struct block *block = kept;

    kept = NULL;
    ORDER();
    memory_private_free(block, block->size);
}

/* If the owner is this thread, a signal handler has interrupted it, and it still uses its memory. Any other
 * owner was a child, which has left: this thread waited for that. */
void *scratch_take(size_t size)
{
    struct block *block;

    if (kept != NULL && kept->owner != system_tid())
        kept_free();
    if ((block = memory_private(sizeof *block + size)) == NULL)
        return NULL;
    block->size = sizeof *block + size;
    block->owner = system_tid();
    ORDER();
    if (kept == NULL)
        kept = block;
    return block->bytes;
}

void scratch_give(void *memory)
{
    struct block *block = (struct block *)((char *)memory - offsetof(struct block, bytes));

    if (memory == NULL)
        return;
    if (block == kept)
        kept = NULL;
    memory_private_free(block, block->size);
}
