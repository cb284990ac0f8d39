/*
 * arch.h, under ThreadSanitizer - the machine in terms that it sees: it knows of no assembly, and of memory
 * that has been given back and mapped again only if that was done through libc.
 *
 * A counter is added to by its own thread, or under a lock: so the addition is a plain one, that another
 * thread's may race with. The sanitizer has signals wait for the next call into libc, so no handler comes in
 * between.
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

static inline uint64_t arch_thread_pointer(void)
{
    return (uint64_t)pthread_self();
}

/* No handler ever interrupts a hook. */
static inline int arch_is_interrupt_in(const uint64_t *word, uint64_t low, uint64_t high)
{
    (void)word, (void)low, (void)high;
    return 0;
}

/* Blocks signals, and has those that the sanitizer holds back handled now: it would call their handlers
 * later, in spite of us. */
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
        if (b == IMAGE_GATE_SIZE) /* the gate's page, with what is in it, in its own place */
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
