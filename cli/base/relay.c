/*
 * relay.c - runs a child as if nobody were between it and the caller. See relay.h.
 *
 * All signals are blocked and fetched one by one, so nothing here runs in a handler. A signal that this
 * process was told to ignore is fetched too. A shell starts background commands so, and the child may still
 * handle it.
 */
#include "cli/base/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/interrupt.h"

static const int timers[RELAY_TIMERS] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};

/* Moves the timers of this process to RELAY, for they survive exec but not fork. */
static void timers_take(struct relay *relay)
{
    const struct itimerval none = {{0, 0}, {0, 0}};

    for (size_t i = 0; i < RELAY_TIMERS; i++)
        setitimer(timers[i], &none, &relay->timers[i]);
}

/* If the parent ignores SIGCHLD, so do we by inheritance, and then waitpid() would tell no status. */
void relay_begin(struct relay *relay)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &relay->mask);
    sigaction(SIGCHLD, &standard, &relay->child_ends);
    relay->death_signal = 0;
    prctl(PR_GET_PDEATHSIG, &relay->death_signal);
    timers_take(relay);
    relay->witness = (struct witness){-1, -1};
    if (pipe2(relay->go, O_CLOEXEC) != 0)
        relay->go[0] = relay->go[1] = -1;
}

void relay_made(struct relay *relay)
{
    witness_open(&relay->witness);
    close(relay->go[0]);
    close(relay->go[1]);
}

/* The pipe ends when the parent and the witness have closed it. Until then a signal to the group waits here,
 * and becomes one with what the parent passes on. */
void relay_restore(const struct relay *relay)
{
    char none;

    close(relay->go[1]);
    while (read(relay->go[0], &none, 1) > 0)
        ;
    for (size_t i = 0; i < RELAY_TIMERS; i++)
        setitimer(timers[i], &relay->timers[i], NULL);
    if (relay->death_signal != 0)
        prctl(PR_SET_PDEATHSIG, relay->death_signal);
    sigaction(SIGCHLD, &relay->child_ends, NULL);
    sigprocmask(SIG_SETMASK, &relay->mask, NULL);
}

/* Sends the signal of INFO to CHILD, with its value if it has one. */
static void forward(pid_t child, siginfo_t *info)
{
    if (info->si_code != SI_QUEUE || syscall(SYS_rt_sigqueueinfo, child, info->si_signo, info) != 0)
        kill(child, info->si_signo);
}

/* Stops this process as signal NUMBER does, until it is continued, if NUMBER is not ignored. */
static void stop(int number)
{
    sigset_t one;

    sigemptyset(&one);
    sigaddset(&one, number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    raise(number);
    sigprocmask(SIG_BLOCK, &one, NULL);
}

static int is_stop(int number)
{
    return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

/* Returns 1 if signals to our process group do not reach CHILD, but would without this process. The leader of
 * a group stays in it. If we are the leader then CHILD is not, and may have made a group of its own. */
static int has_left(pid_t child)
{
    return getpgrp() == getpid() && getpgid(child) != getpgrp();
}

/* Returns 1 if a write of this process raised the signal of INFO: to a pipe without a reader, or beyond the
 * limit on the size of files. */
static int is_own(const siginfo_t *info)
{
    return (info->si_signo == SIGPIPE || info->si_signo == SIGXFSZ) && info->si_code == SI_USER &&
           info->si_pid == getpid();
}

static void pass_on(struct relay *relay, pid_t child, siginfo_t *info)
{
    int number = info->si_signo;

    if (!witness_saw(&relay->witness, info) || has_left(child))
        forward(child, info);
    if (is_stop(number))
        stop(number);
}

/* Waits for a signal and fills INFO. */
static void fetch(siginfo_t *info)
{
    sigset_t all;

    sigfillset(&all);
    while (sigwaitinfo(&all, info) < 0)
        ;
}

int relay_wait(struct relay *relay, pid_t child, int *status)
{
    siginfo_t info;
    pid_t ended;

    while ((ended = waitpid(child, status, WNOHANG)) == 0) {
        fetch(&info);
        if (info.si_signo != SIGCHLD && !is_own(&info))
            pass_on(relay, child, &info);
    }
    clock_gettime(CLOCK_MONOTONIC, &relay->ended);
    witness_close(&relay->witness);
    return ended == child ? 0 : -1;
}

pid_t relay_wait_other(const struct relay *relay, int *status)
{
    siginfo_t info;
    pid_t ended;

    while ((ended = waitpid(-1, status, WNOHANG)) == 0) {
        fetch(&info);
        if (is_stop(info.si_signo))
            stop(info.si_signo);
        if (interrupt_is_meant(info.si_signo, &relay->ended))
            return -1;
    }
    return ended;
}

/* Ignores signal NUMBER if it would end this process. */
static void ignore(int number)
{
    static const int kept[] = {SIGABRT, SIGBUS,  SIGCHLD, SIGCONT, SIGFPE,  SIGILL,  SIGSEGV,
                               SIGSYS,  SIGTRAP, SIGTSTP, SIGTTIN, SIGTTOU, SIGXCPU, SIGXFSZ};

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (number == kept[i])
            return;
    signal(number, SIG_IGN);
}

void relay_end(struct relay *relay)
{
    const struct timespec at_once = {0, 0};
    sigset_t blocked = relay->mask, all;

    witness_close(&relay->witness);
    sigfillset(&all);
    for (int number = 1; number <= SIGRTMAX; number++)
        if (interrupt_has(number))
            sigaddset(&blocked, number);
        else
            ignore(number);
    while (sigtimedwait(&all, NULL, &at_once) > 0) /* these have come for the child */
        ;
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

void relay_die(int number)
{
    const struct rlimit no_core = {0, 0};
    sigset_t mask;

    setrlimit(RLIMIT_CORE, &no_core);
    signal(number, SIG_DFL);
    sigemptyset(&mask);
    sigaddset(&mask, number);
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
    raise(number);
    exit(128 + number);
}
