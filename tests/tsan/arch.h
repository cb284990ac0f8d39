/*
 * arch.h, under ThreadSanitizer - the machine without assembly, which the sanitizer does not see.
 *
 * The sanitizer sees that memory is unmapped and mapped again only if libc does it. So arch_call() calls
 * libc.
 *
 * A counter is changed by its own thread, or under a lock. So arch_add() is a plain addition, and the
 * sanitizer reports another thread that races with it. No handler interrupts the addition, because the
 * sanitizer runs handlers at the next call of libc.
 */
#ifndef TESTS_TSAN_ARCH_H
#define TESTS_TSAN_ARCH_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/format/image.h"

static inline void arch_add(uint64_t *counter, uint64_t amount)
{
    *counter += amount;
}

static inline int arch_has_thread_locals(void)
{
    return 1;
}

static inline uint64_t arch_thread_pointer(void)
{
    return (uint64_t)pthread_self();
}

/* Returns 0: the sanitizer lets no handler interrupt a hook. */
static inline int arch_is_interrupt_in(const uint64_t *word, uint64_t low, uint64_t high)
{
    (void)word, (void)low, (void)high;
    return 0;
}

/* Sets the signal mask. The call of libc makes the sanitizer handle the signals that it holds back now: later
 * it would run their handlers although they are blocked. */
static inline long arch_signal_mask(long how, long set, long old, long size)
{
    long result = syscall(SYS_rt_sigprocmask, how, set, old, size);

    sigprocmask(SIG_BLOCK, NULL, NULL);
    return result;
}

static inline long arch_call(long number, long a, long b, long c, long d, long e, long f)
{
    switch (number) {
    case SYS_mmap:
        if (b == IMAGE_GATE_SIZE &&
            (d & MAP_FIXED)) /* the gate's page, which keeps its address and contents */
            return syscall(number, a, b, c, d, e, f);
        return (long)mmap((void *)a, (size_t)b, (int)c, (int)d, (int)e, f);
    case SYS_munmap:
        return munmap((void *)a, (size_t)b);
    case SYS_rt_sigprocmask:
        return arch_signal_mask(a, b, c, d);
    default:
        return syscall(number, a, b, c, d, e, f);
    }
}

/* Nothing is sampled under the settable clock. */
#define ARCH_SAMPLE_REGISTERS 0

/* The machine, as filters of system calls know it: none. */
#define ARCH_AUDIT 0

static inline uint64_t arch_called_stub(uint64_t caller, uint64_t *target)
{
    (void)caller;
    (void)target;
    return 0;
}

static inline long arch_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    int saved = errno;
    long result = arch_call(number, a, b, c, d, e, f);

    if (result == -1)
        result = -errno;
    errno = saved;
    return result;
}

#endif
