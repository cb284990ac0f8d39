/*
 * jump.h, any machine - where a longjmp leads: not known.
 */
#ifndef RUNTIME_ARCH_GENERIC_JUMP_H
#define RUNTIME_ARCH_GENERIC_JUMP_H

#include <stdint.h>
#include <ucontext.h>

static inline uint64_t jump_target(const void *buffer)
{
    (void)buffer;
    return 0;
}

/* The same for a context that setcontext or swapcontext goes to. */
static inline uint64_t jump_context_target(const ucontext_t *context)
{
    (void)context;
    return 0;
}

#endif
