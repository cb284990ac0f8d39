/*
 * seccomp.c - stands in for the functions by which a program forbids itself system calls: prctl and syscall.
 *
 * A filter may kill whoever makes a call that it does not know. So samples that need system calls end before
 * it is there: threads that start later have none, and there are no more signals of timers.
 */
#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interrupt.h"
#include "runtime/core/compiler.h"
#include "runtime/interpose/next.h"
#include "runtime/timers/sampler.h"

enum { PRCTL_ARGUMENTS = 4, SYSCALL_ARGUMENTS = 6 };

/* Fills WORDS with COUNT more arguments. The caller may have passed fewer: the others are not looked at. */
static void collect(long *words, int count, va_list *rest)
{
    for (int i = 0; i < count; i++)
        words[i] = va_arg(*rest, long);
}

static any_function *prctl_kept, *syscall_kept;

EXPORTED int prctl(int option, ...);
EXPORTED int prctl(int option, ...)
{
    __typeof__(prctl) *real = (__typeof__(prctl) *)next_kept(&prctl_kept, "prctl", CALLER);
    long words[PRCTL_ARGUMENTS];
    va_list rest;
    int result;

    va_start(rest, option);
    collect(words, PRCTL_ARGUMENTS, &rest);
    va_end(rest);
    if (option == PR_SET_SECCOMP)
        sampler_forbid(1);
    result = real(option, words[0], words[1], words[2], words[3]);
    if (option == PR_SET_SECCOMP && result != 0)
        sampler_forbid(0);
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

EXPORTED long syscall(long number, ...);
EXPORTED long syscall(long number, ...)
{
    __typeof__(syscall) *real = (__typeof__(syscall) *)next_kept(&syscall_kept, "syscall", CALLER);
    long words[SYSCALL_ARGUMENTS], result;
    va_list rest;

    va_start(rest, number);
    collect(words, SYSCALL_ARGUMENTS, &rest);
    va_end(rest);
    if (is_lock(number, words))
        sampler_forbid(1);
    result = real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (is_lock(number, words) && result < 0)
        sampler_forbid(0);
    return result;
}
#endif

/* A signal handler may call them, but must not search for them. */
__attribute__((constructor)) static void find(void)
{
    next_kept(&prctl_kept, "prctl", CALLER);
    next_kept(&syscall_kept, "syscall", CALLER);
}
