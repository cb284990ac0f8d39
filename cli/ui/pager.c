/*
 * pager.c - runs the pager. See pager.h.
 *
 * The output is complete before the pager starts, so it can still be printed if the pager does not start. A
 * pager that the shell runs is known to have failed only when the shell ends.
 */
#include "cli/ui/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/ui/terminal.h"

enum { SHELL_NOT_EXECUTABLE = 126, SHELL_NOT_FOUND = 127 };

extern char **environ;

/* Ends the process by SIGPIPE. If our parent ignored the signal, write() has failed instead of ending us. */
static void die_by_sigpipe(void)
{
    sigset_t pipe_signal;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
    sigprocmask(SIG_UNBLOCK, &pipe_signal, NULL);
}

static int print_plainly(const char *text, size_t length, struct message *message)
{
    if (file_write(STDOUT_FILENO, text, length) == 0)
        return 0;
    if (errno == EPIPE)
        die_by_sigpipe();
    return message_set(message, "cannot write to standard output: %s", strerror(errno));
}

/* Returns the pager's command, or NULL for none. */
static const char *choose_pager(void)
{
    const char *pager = getenv("PAGER");

    if (terminal_is_dumb())
        return NULL;
    if (pager == NULL)
        return "less";
    return *pager == '\0' || strcmp(pager, "cat") == 0 ? NULL : pager;
}

/* Starts PAGER with the pipe's reading end as its input. Returns its process ID, or -1. */
static pid_t start_pager(const char *pager, const int pipe_ends[2])
{
    int is_simple = strcspn(pager, "|&;<>()$`\\\"' \t\n*?[#~=%") == strlen(pager);
    char *const simple[] = {(char *)pager, NULL};
    char *const shell[] = {"sh", "-c", (char *)pager, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    pid_t process = -1;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    if (posix_spawnattr_init(&attributes) == 0) {
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        sigaddset(&defaults, SIGINT);
        sigaddset(&defaults, SIGQUIT);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        if (posix_spawn_file_actions_adddup2(&actions, pipe_ends[0], STDIN_FILENO) != 0 ||
            posix_spawnp(&process, is_simple ? pager : "sh", &actions, &attributes,
                         is_simple ? simple : shell, environ) != 0)
            process = -1;
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return process;
}

static int wait_for(pid_t process)
{
    int status = 0;

    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

/* Shows TEXT in PAGER. Returns -1 if the pager did not start. */
static int page(const char *pager, const char *text, size_t length)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    setenv("LESS", "FRX", 0);
    pid_t process = start_pager(pager, ends);
    close(ends[0]);
    if (process > 0)
        (void)!file_write(ends[1], text, length); /* the user may leave the pager early */
    close(ends[1]);
    if (process < 0)
        return -1;
    int status = wait_for(process);
    return WIFEXITED(status) &&
                   (WEXITSTATUS(status) == SHELL_NOT_FOUND || WEXITSTATUS(status) == SHELL_NOT_EXECUTABLE)
               ? -1
               : 0;
}

int pager_print(const char *text, size_t length, int use_pager, struct message *message)
{
    const char *pager = use_pager && isatty(STDOUT_FILENO) ? choose_pager() : NULL;

    if (pager != NULL) {
        /* Ctrl-C is for the pager. If we ended first, the shell would take the terminal from it. */
        struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit, broken;
        sigaction(SIGINT, &ignore, &interrupt);
        sigaction(SIGQUIT, &ignore, &quit);
        sigaction(SIGPIPE, &ignore, &broken);
        int failed = page(pager, text, length);
        sigaction(SIGINT, &interrupt, NULL);
        sigaction(SIGQUIT, &quit, NULL);
        sigaction(SIGPIPE, &broken, NULL);
        if (!failed)
            return 0;
    }
    return print_plainly(text, length, message);
}
