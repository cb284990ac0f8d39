/*
 * profiling_signal.c - stands in for the functions by which a program has to do with SIGPROF, or would notice
 * timers otherwise: by small stacks and limits.
 *
 * Where the kernel refuses samples, the runtime takes SIGPROF for timers (timers/sampler_timer.h). Each of
 * these functions gives the signal back before it does its work, so the program finds it as it would without
 * us. That is for good. Where the kernel takes the samples, they cost a test.
 *
 * A thread that has SIGPROF blocked may have one of ours pending. Only some functions show that: those that
 * ask for pending signals or wait for one, wait with another mask, or send the signal to the thread.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/gmon.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "runtime/core/compiler.h"
#include "runtime/interpose/next.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler_timer.h"

static void yield_for(int number)
{
    if (number == SIGPROF)
        sampler_timer_yield();
}

static void yield_for_set(const sigset_t *set)
{
    if (set != NULL && sigismember(set, SIGPROF) == 1)
        sampler_timer_yield();
}

/* With MASK, unlike now, SIGPROF may come in. */
static void yield_for_mask(const sigset_t *mask)
{
    uint64_t now = 0;

    if (mask == NULL || sigismember(mask, SIGPROF) == 1)
        return;
    system_signal_mask(SIG_BLOCK, NULL, &now);
    if (now >> (SIGPROF - 1) & 1)
        sampler_timer_yield();
}

static void yield_for_stack(size_t size)
{
    if (size < SAMPLER_TIMER_STACK)
        sampler_timer_yield();
}

/* Defines the stand-in for NAME, which takes PARAMETERS. It does PREPARE first and passes ARGUMENTS on. A
 * constructor finds the function that it stands in for: a signal handler may call it, but must not search. A
 * libc may be too old for it. */
#define STAND_IN(type, name, parameters, arguments, prepare)                                                 \
    typedef type name##_function parameters;                                                                 \
    static any_function *name##_kept;                                                                        \
    EXPORTED type name parameters;                                                                           \
    EXPORTED type name parameters                                                                            \
    {                                                                                                        \
        name##_function *real = (name##_function *)next_kept(&name##_kept, #name, CALLER);                   \
                                                                                                             \
        prepare;                                                                                             \
        if (real == NULL) {                                                                                  \
            errno = ENOSYS;                                                                                  \
            return (type)-1;                                                                                 \
        }                                                                                                    \
        return real arguments;                                                                               \
    }                                                                                                        \
    __attribute__((constructor)) static void name##_find(void)                                               \
    {                                                                                                        \
        next_kept(&name##_kept, #name, CALLER);                                                              \
    }

/* ---- the action of the signal ---- */

STAND_IN(int, sigaction, (int number, const struct sigaction *action, struct sigaction *old),
         (number, action, old), yield_for(number))
STAND_IN(__sighandler_t, signal, (int number, __sighandler_t handler), (number, handler), yield_for(number))
STAND_IN(__sighandler_t, ssignal, (int number, __sighandler_t handler), (number, handler), yield_for(number))
STAND_IN(__sighandler_t, bsd_signal, (int number, __sighandler_t handler), (number, handler),
         yield_for(number))
STAND_IN(__sighandler_t, sysv_signal, (int number, __sighandler_t handler), (number, handler),
         yield_for(number))
STAND_IN(__sighandler_t, __sysv_signal, (int number, __sighandler_t handler), (number, handler),
         yield_for(number))
STAND_IN(__sighandler_t, sigset, (int number, __sighandler_t handler), (number, handler), yield_for(number))
STAND_IN(int, sigignore, (int number), (number), yield_for(number))
STAND_IN(int, siginterrupt, (int number, int interrupt), (number, interrupt), yield_for(number))

/* ---- sending it to a thread, which is lost if one of ours is pending there ---- */

STAND_IN(int, raise, (int number), (number), yield_for(number))
STAND_IN(int, pthread_kill, (pthread_t thread, int number), (thread, number), yield_for(number))
STAND_IN(int, pthread_sigqueue, (pthread_t thread, int number, const union sigval value),
         (thread, number, value), yield_for(number))
STAND_IN(int, tgkill, (pid_t process, pid_t thread, int number), (process, thread, number), yield_for(number))

/* ---- waiting for it ---- */

STAND_IN(int, sigpending, (sigset_t * set), (set), sampler_timer_yield())
STAND_IN(int, sigwait, (const sigset_t *set, int *number), (set, number), yield_for_set(set))
STAND_IN(int, sigwaitinfo, (const sigset_t *set, siginfo_t *info), (set, info), yield_for_set(set))
STAND_IN(int, sigtimedwait, (const sigset_t *set, siginfo_t *info, const struct timespec *limit),
         (set, info, limit), yield_for_set(set))
STAND_IN(int, signalfd, (int descriptor, const sigset_t *set, int flags), (descriptor, set, flags),
         yield_for_set(set))

/* ---- waiting with another mask ---- */

STAND_IN(int, sigsuspend, (const sigset_t *mask), (mask), yield_for_mask(mask))
STAND_IN(int, __sigpause, (int mask, int is_signal), (mask, is_signal), sampler_timer_yield())
STAND_IN(int, ppoll,
         (struct pollfd * files, nfds_t count, const struct timespec *limit, const sigset_t *mask),
         (files, count, limit, mask), yield_for_mask(mask))
STAND_IN(int, pselect,
         (int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict except,
          const struct timespec *restrict limit, const sigset_t *restrict mask),
         (count, in, out, except, limit, mask), yield_for_mask(mask))
STAND_IN(int, epoll_pwait,
         (int descriptor, struct epoll_event *events, int most, int limit, const sigset_t *mask),
         (descriptor, events, most, limit, mask), yield_for_mask(mask))
STAND_IN(int, epoll_pwait2,
         (int descriptor, struct epoll_event *events, int most, const struct timespec *limit,
          const sigset_t *mask),
         (descriptor, events, most, limit, mask), yield_for_mask(mask))

/* ---- other profilers ---- */

STAND_IN(int, setitimer,
         (__itimer_which_t which, const struct itimerval *restrict value, struct itimerval *restrict old),
         (which, value, old), if (which == ITIMER_PROF) sampler_timer_yield())
STAND_IN(int, profil, (unsigned short *buffer, size_t size, size_t offset, unsigned scale),
         (buffer, size, offset, scale), sampler_timer_yield())

EXPORTED void moncontrol(int mode);
EXPORTED void moncontrol(int mode)
{
    sampler_timer_yield();
    NEXT(moncontrol)(mode);
}

EXPORTED void __monstartup(unsigned long low, unsigned long high);
EXPORTED void __monstartup(unsigned long low, unsigned long high)
{
    sampler_timer_yield();
    NEXT(__monstartup)(low, high);
}

/* ---- limits: a timer counts as one of a user's pending signals ---- */

static void yield_for_limit(int resource, const void *limit)
{
    if (resource == RLIMIT_SIGPENDING && limit != NULL)
        sampler_timer_yield();
}

STAND_IN(int, setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit), (resource, limit),
         yield_for_limit((int)resource, limit))
STAND_IN(int, setrlimit64, (__rlimit_resource_t resource, const struct rlimit64 *limit), (resource, limit),
         yield_for_limit((int)resource, limit))
STAND_IN(int, prlimit,
         (pid_t process, __rlimit_resource_t resource, const struct rlimit *limit, struct rlimit *old),
         (process, resource, limit, old), yield_for_limit((int)resource, limit))
STAND_IN(int, prlimit64,
         (pid_t process, __rlimit_resource_t resource, const struct rlimit64 *limit, struct rlimit64 *old),
         (process, resource, limit, old), yield_for_limit((int)resource, limit))

/* ---- small stacks ---- */

STAND_IN(int, sigaltstack, (const stack_t *restrict stack, stack_t *restrict old), (stack, old),
         if (stack != NULL && !(stack->ss_flags & SS_DISABLE)) yield_for_stack(stack->ss_size))
STAND_IN(int, pthread_attr_setstacksize, (pthread_attr_t * attributes, size_t size), (attributes, size),
         yield_for_stack(size))
STAND_IN(int, pthread_attr_setstack, (pthread_attr_t * attributes, void *stack, size_t size),
         (attributes, stack, size), yield_for_stack(size))
