/*
 * arch.h, any machine - additions to counters, system calls, the thread pointer and saved registers.
 *
 * Compiler and libc are all that it needs.
 */
#ifndef RUNTIME_ARCH_GENERIC_ARCH_H
#define RUNTIME_ARCH_GENERIC_ARCH_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/* Adds AMOUNT to COUNTER atomically. So a signal handler may add to the same counter at any time, and neither
 * addition is lost. */
static inline void arch_add(uint64_t *counter, uint64_t amount)
{
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

/* Returns 1 if thread-local variables exist. In a static program the C library calls ifunc resolvers before
 * it makes them. Machines that keep the thread pointer in a register have a 0 there until then. */
static inline int arch_has_thread_locals(void)
{
    return __builtin_thread_pointer() != NULL;
}

/* Returns the address of the thread's control block, or 0 where it is not known, as here. */
static inline uint64_t arch_thread_pointer(void)
{
    return 0;
}

/* Returns 1 if WORD, on a signal handler's stack, may be the saved instruction pointer of code in [LOW,
 * HIGH). */
static inline int arch_is_interrupt_in(const uint64_t *word, uint64_t low, uint64_t high)
{
    return *word >= low && *word < high;
}

/* Returns the address of the stub that the call before the return address CALLER leads to, or 0 where that is
 * not known, as here. */
static inline uint64_t arch_called_stub(uint64_t caller, uint64_t *target)
{
    (void)caller;
    (void)target;
    return 0;
}

/* The registers that a sample of the kernel has of the program: none. */
#define ARCH_SAMPLE_REGISTERS 0

/* The machine, as filters of system calls know it: none, which all filters refuse. */
#define ARCH_AUDIT 0

/* Makes a system call. Returns its result, or the negated error number. Leaves errno alone. */
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
