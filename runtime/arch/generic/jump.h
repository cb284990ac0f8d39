/*
 * jump.h, any machine - the target of a longjmp or setcontext, which is not known here.
 */
#ifndef RUNTIME_ARCH_GENERIC_JUMP_H
#define RUNTIME_ARCH_GENERIC_JUMP_H

#include <stdint.h>
#include <ucontext.h>

/* Returns 0: the stack pointer that longjmp restores is not known. */
static inline uint64_t jump_target(const void *buffer)
{
    (void)buffer;
    return 0;
}

/* Returns 0: the stack pointer that setcontext and swapcontext restore is not known. */
static inline uint64_t jump_context_target(const ucontext_t *context)
{
    (void)context;
    return 0;
}

#endif
