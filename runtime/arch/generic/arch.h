/*
 * arch.h, any machine - what the runtime needs of the machine, other than its clock, through libc.
 */
#ifndef RUNTIME_ARCH_GENERIC_ARCH_H
#define RUNTIME_ARCH_GENERIC_ARCH_H

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

/* Adds to a counter; relaxed and atomic, so that no signal handler's addition is lost. */
static inline void arch_add(uint64_t *counter, uint64_t amount)
{
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

/* The address of the thread's control block; 0: not known. */
static inline uint64_t arch_thread_pointer(void)
{
    return 0;
}

/* Does the word at WORD look like what a signal handler's frame has saved of code between LOW and HIGH? */
static inline int arch_is_interrupt_in(const uint64_t *word, uint64_t low, uint64_t high)
{
    return *word >= low && *word < high;
}

/* Returns the result, or the negated error number. */
static inline long arch_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    int saved = errno;
    long result = syscall(number, a, b, c, d, e, f);

    if (result == -1)
        result = -errno;
    errno = saved;
    return result;
}

#endif
