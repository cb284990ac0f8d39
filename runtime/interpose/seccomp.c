/*
 * seccomp.c - stands in for the functions by which a program forbids itself system calls: prctl and syscall.
 *
 * A filter may kill whoever makes a call that it does not know. So the runtime looks at it before it is there
 * (life/lock_in.h). A program that makes the call itself, without libc, is not noticed.
 */
#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interrupt.h"
#include "runtime/core/compiler.h"
#include "runtime/interpose/next.h"
#include "runtime/life/lock_in.h"

#ifndef SECCOMP_FILTER_FLAG_NEW_LISTENER
#define SECCOMP_FILTER_FLAG_NEW_LISTENER (1UL << 3) /* Linux 5.0 */
#endif

enum { PRCTL_ARGUMENTS = 4, SYSCALL_ARGUMENTS = 6 };

/* Fills WORDS with COUNT more arguments. The caller may have passed fewer: the others are not looked at. */
static void collect(long *words, int count, va_list *rest)
{
    for (int i = 0; i < count; i++)
        words[i] = va_arg(*rest, long);
}

/* lock_in_begin() for prctl(PR_SET_SECCOMP, ...) with WORDS. */
static void begin_by_prctl(struct lock_in *lock, const long *words)
{
    lock_in_begin(lock, (const void *)words[1], words[0] == SECCOMP_MODE_STRICT);
}

static any_function *prctl_kept, *syscall_kept;

EXPORTED int prctl(int option, ...);
EXPORTED int prctl(int option, ...)
{
    __typeof__(prctl) *real = (__typeof__(prctl) *)next_kept(&prctl_kept, "prctl", CALLER);
    long words[PRCTL_ARGUMENTS];
    struct lock_in lock;
    va_list rest;
    int result;

    va_start(rest, option);
    collect(words, PRCTL_ARGUMENTS, &rest);
    va_end(rest);
    if (option == PR_SET_SECCOMP)
        begin_by_prctl(&lock, words);
    result = real(option, words[0], words[1], words[2], words[3]);
    if (option == PR_SET_SECCOMP && result != 0)
        lock_in_cancel(&lock);
    return result;
}

/* On other machines the runtime itself makes its system calls by libc's function. */
#if INTERRUPT_IS_KNOWN
static int is_lock(long number, const long *words)
{
    return (number == SYS_seccomp &&
            (words[0] == SECCOMP_SET_MODE_STRICT || words[0] == SECCOMP_SET_MODE_FILTER)) ||
           (number == SYS_prctl && words[0] == PR_SET_SECCOMP);
}

/* lock_in_begin() for the call NUMBER with WORDS. */
static void begin_by_call(struct lock_in *lock, long number, const long *words)
{
    if (number == SYS_prctl)
        begin_by_prctl(lock, words + 1);
    else
        lock_in_begin(lock, (const void *)words[2], words[0] == SECCOMP_SET_MODE_STRICT);
}

/* Returns 1 if RESULT says that the call NUMBER with WORDS has failed. A positive one is that of a listener,
 * or the number of a thread that could not take over the filter. */
static int has_failed(long number, const long *words, long result)
{
    int listens = number == SYS_seccomp && (words[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;

    return result < 0 || (result > 0 && !listens);
}

EXPORTED long syscall(long number, ...);
EXPORTED long syscall(long number, ...)
{
    __typeof__(syscall) *real = (__typeof__(syscall) *)next_kept(&syscall_kept, "syscall", CALLER);
    long words[SYSCALL_ARGUMENTS], result;
    struct lock_in lock;
    va_list rest;

    va_start(rest, number);
    collect(words, SYSCALL_ARGUMENTS, &rest);
    va_end(rest);
    if (is_lock(number, words))
        begin_by_call(&lock, number, words);
    result = real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (is_lock(number, words) && has_failed(number, words, result))
        lock_in_cancel(&lock);
    return result;
}
#endif

/* A signal handler may call them, but must not search for them. */
__attribute__((constructor)) static void find(void)
{
    next_kept(&prctl_kept, "prctl", CALLER);
    next_kept(&syscall_kept, "syscall", CALLER);
}
