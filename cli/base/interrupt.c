/*
 * interrupt.c - ends this process in good order when a signal asks for it. See interrupt.h.
 */
#include "cli/base/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/base/relay.h"

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static const double grace = 0.1; /* seconds */

/* For the handler. */
static char last_line[1024];
static struct timespec begun;
static const char *volatile unfinished; /* the path of a file to remove, or NULL */

int interrupt_has(int number)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] == number)
            return 1;
    return 0;
}

static int is_late(const struct timespec *since)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - since->tv_sec) + (double)(now.tv_nsec - since->tv_nsec) / 1e9 > grace;
}

static int is_ignored(int number)
{
    struct sigaction action;

    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int interrupt_is_meant(int number, const struct timespec *since)
{
    return interrupt_has(number) && !is_ignored(number) && is_late(since);
}

static void handle(int number)
{
    int saved = errno;

    if (!is_late(&begun)) {
        errno = saved;
        return;
    }
    if (unfinished != NULL)
        unlink(unfinished);
    file_write(STDERR_FILENO, last_line, strlen(last_line));
    relay_die(number);
}

static void set_fill(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(set, numbers[i]);
}

void interrupt_begin(const char *line)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigset_t set;

    snprintf(last_line, sizeof last_line, "%s\n", line);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    set_fill(&set);
    action.sa_mask = set;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!is_ignored(numbers[i]))
            sigaction(numbers[i], &action, NULL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void interrupt_remove(const char *path)
{
    unfinished = path;
}

void interrupt_end(void)
{
    sigset_t set;

    set_fill(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
}
