/*
 * relay.c - runs a child as if nobody were between it and the caller. See relay.h.
 */
#include "cli/base/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>

static const int passed_on[RELAY_SIGNALS] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

static volatile pid_t receiver; /* 0 if there is none */

static void pass_on(int number, siginfo_t *info, void *context)
{
    int saved = errno;

    (void)context;
    if (info->si_code != SI_KERNEL && receiver > 0)
        kill(receiver, number);
    errno = saved;
}

/* Signals that this process was told to ignore stay ignored. */
void relay_begin(struct relay *relay)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART};
    sigset_t blocked;

    action.sa_sigaction = pass_on;
    sigemptyset(&action.sa_mask);
    sigemptyset(&blocked);
    for (size_t i = 0; i < RELAY_SIGNALS; i++)
        sigaddset(&blocked, passed_on[i]);
    sigprocmask(SIG_BLOCK, &blocked, &relay->mask);
    for (size_t i = 0; i < RELAY_SIGNALS; i++) {
        sigaction(passed_on[i], NULL, &relay->old[i]);
        if (relay->old[i].sa_handler != SIG_IGN)
            sigaction(passed_on[i], &action, NULL);
    }
}

void relay_restore(const struct relay *relay)
{
    for (size_t i = 0; i < RELAY_SIGNALS; i++)
        sigaction(passed_on[i], &relay->old[i], NULL);
    sigprocmask(SIG_SETMASK, &relay->mask, NULL);
}

void relay_to(const struct relay *relay, pid_t child)
{
    receiver = child;
    sigprocmask(SIG_SETMASK, &relay->mask, NULL);
}

void relay_end(void)
{
    receiver = 0;
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
