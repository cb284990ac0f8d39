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

/* Returns the filter that prctl(PR_SET_SECCOMP, ...) with WORDS sets, or NULL. */
static const void *filter_of_prctl(const long *words)
{
    return words[0] == SECCOMP_MODE_FILTER ? (const void *)words[1] : NULL;
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
        lock_in_begin(&lock, filter_of_prctl(words));
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

/* Returns the filter that the call NUMBER with WORDS sets, or NULL. */
static const void *filter_of_call(long number, const long *words)
{
    if (number == SYS_prctl)
        return filter_of_prctl(words + 1);
    return words[0] == SECCOMP_SET_MODE_FILTER ? (const void *)words[2] : NULL;
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
        lock_in_begin(&lock, filter_of_call(number, words));
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
