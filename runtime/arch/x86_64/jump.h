/*
 * jump.h, x86-64 - where a longjmp leads.
 */
#ifndef RUNTIME_ARCH_X86_64_JUMP_H
#define RUNTIME_ARCH_X86_64_JUMP_H

#include <features.h>
#include <stdint.h>
#include <ucontext.h>

/* The stack pointer of the function that called setjmp, just after the call; 0 where that is not known. */
static inline uint64_t jump_target(const void *buffer)
{
#ifdef __GLIBC__
    uint64_t sp = ((const uint64_t *)buffer)[6];

    /* sysdeps/unix/sysv/linux/x86_64/pointer_guard.h: rotated, and scrambled with a word of the thread's. */
    __asm__("ror $17, %0\n\txor %%fs:0x30, %0" : "+r"(sp) : : "cc");
    return sp;
#else
    (void)buffer;
    return 0;
#endif
}

/* The same for a context that setcontext or swapcontext goes to. */
static inline uint64_t jump_context_target(const ucontext_t *context)
{
    return (uint64_t)context->uc_mcontext.gregs[REG_RSP];
}

#endif
