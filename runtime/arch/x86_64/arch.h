/*
 * arch.h, x86-64 - what the runtime needs of the machine, other than its clock.
 *
 * System calls are made here and not through libc, because a profiled program may replace libc's functions
 * with instrumented ones of its own, and because they leave errno alone.
 */
#ifndef RUNTIME_ARCH_X86_64_ARCH_H
#define RUNTIME_ARCH_X86_64_ARCH_H

#include <stdint.h>

/* Adds to a counter in one instruction, so that no signal handler's addition is lost. */
static inline void arch_add(uint64_t *counter, uint64_t amount)
{
    __asm__("addq %1, %0" : "+m"(*counter) : "er"(amount) : "cc");
}

/* The address of the thread's control block. */
static inline uint64_t arch_thread_pointer(void)
{
    uint64_t pointer;

    __asm__("movq %%fs:0, %0" : "=r"(pointer));
    return pointer;
}

/* Do the words at WORD look like registers that a signal handler's frame has saved of code between LOW and
 * HIGH? They are the instruction pointer, the flags, of which one is always set, and the code segment of user
 * space. */
static inline int arch_is_interrupt_in(const uint64_t *word, uint64_t low, uint64_t high)
{
    return word[0] >= low && word[0] < high && (word[1] & 2) != 0 && word[1] >> 22 == 0 &&
           (word[2] & 0xffff) == 0x33;
}

/* Returns the result, or the negated error number. */
static inline long arch_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#endif
