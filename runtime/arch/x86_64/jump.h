/*
 * jump.h, x86-64 - the target of a longjmp or setcontext.
 */
#ifndef RUNTIME_ARCH_X86_64_JUMP_H
#define RUNTIME_ARCH_X86_64_JUMP_H

#include <features.h>
#include <stdint.h>
#include <ucontext.h>

/* Returns the stack pointer that longjmp restores from the jmp_buf BUFFER: that of the caller of setjmp after
 * the call. Returns 0 where libc is not glibc: the layout of a jmp_buf is then unknown. */
static inline uint64_t jump_target(const void *buffer)
{
#ifdef __GLIBC__
    uint64_t sp = ((const uint64_t *)buffer)[6];

    /* It is rotated and XORed with a word of the thread (glibc, sysdeps/unix/sysv/linux/x86_64/
     * pointer_guard.h). */
    __asm__("ror $17, %0\n\txor %%fs:0x30, %0" : "+r"(sp) : : "cc");
    return sp;
#else
    (void)buffer;
    return 0;
#endif
}

/* Returns the stack pointer that setcontext and swapcontext restore from CONTEXT. */
static inline uint64_t jump_context_target(const ucontext_t *context)
{
    return (uint64_t)context->uc_mcontext.gregs[REG_RSP];
}

#endif
