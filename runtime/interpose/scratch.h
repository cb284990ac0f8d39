/*
 * scratch.h - memory for a stand-in, for as long as it runs. The stack may be too small, and malloc is the
 * program's.
 *
 * A child that vfork made shares our memory, and exec ends it without a return. So what it took stays with
 * the thread that waits for it, whose next call takes the memory again.
 */
#ifndef RUNTIME_INTERPOSE_SCRATCH_H
#define RUNTIME_INTERPOSE_SCRATCH_H

#include <stddef.h>

/* Returns SIZE bytes, or NULL without memory. */
void *scratch_take(size_t size);

/* Gives back MEMORY, which may be NULL. */
void scratch_give(void *memory);

#endif
