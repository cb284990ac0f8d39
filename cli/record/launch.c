/*
 * launch.c - runs the program and waits for it. See launch.h.
 *
 * The launcher outlives the program, to save the profile.
 */
#include "cli/record/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/array.h"
#include "cli/base/file.h"
#include "cli/base/relay.h"
#include "cli/record/clock.h"
#include "cli/record/preflight.h"
#include "runtime/format/settings.h"

/* Returns NAME=VALUE, or NAME=VALUE:OLD if OLD is neither NULL nor empty; NULL without memory. */
static char *entry(const char *name, const char *value, const char *old)
{
    int has_old = old != NULL && old[0] != '\0';
    char *text;

    return asprintf(&text, "%s=%s%s%s", name, value, has_old ? ":" : "", has_old ? old : "") >= 0 ? text
                                                                                                  : NULL;
}

/* Adds the settings behind all other variables, where the runtime finds and hides them
 * (runtime/interpose/environment.h). Returns 0, or -1 without memory. */
static int environment_extend(const struct launch *launch)
{
    size_t size = 0;
    char **entries;

    while (environ != NULL && environ[size] != NULL)
        size++;
    entries = calloc(size + 4, sizeof *entries);
    if (entries == NULL)
        return -1;
    if (size > 0)
        memcpy(entries, environ, size * sizeof *entries);
    if (launch->library != NULL &&
        (entries[size++] = entry("LD_PRELOAD", launch->library, getenv("LD_PRELOAD"))) == NULL)
        return -1;
    if ((entries[size++] = entry(SETTINGS_SPOOL, launch->spool, NULL)) == NULL)
        return -1;
    if (launch->options != NULL && (entries[size++] = entry(SETTINGS_OPTIONS, launch->options, NULL)) == NULL)
        return -1;
    environ = entries;
    return 0;
}

/* Becomes the program, in the child. If that fails, writes the error number to REPORT and exits. */
static void child_exec(const struct launch *launch, int report)
{
    int error;

    if (environment_extend(launch) == 0)
        execvp(launch->path, launch->words);
    error = errno;
    file_write(report, &error, sizeof error);
    _exit(PREFLIGHT_NOT_EXECUTABLE);
}

int launch_exec(struct launch *launch, struct message *message)
{
    if (environment_extend(launch) == 0)
        execvp(launch->path, launch->words);
    launch->exit_value = PREFLIGHT_NOT_EXECUTABLE;
    return message_set(message, "cannot run %s: %s", launch->path, strerror(errno));
}

static struct launch_end end_of(pid_t pid, int status)
{
    if (WIFSIGNALED(status))
        return (struct launch_end){pid, PROFILE_EXIT_SIGNAL, (uint32_t)WTERMSIG(status)};
    return (struct launch_end){pid, PROFILE_EXIT_STATUS, (uint32_t)WEXITSTATUS(status)};
}

/* Notes that process PID has ended with STATUS. */
static void note_end(struct launch *launch, pid_t pid, int status)
{
    struct launch_end *end = ARRAY_APPEND(launch->ends, launch->end_count);

    if (end != NULL)
        *end = end_of(pid, status);
    if (pid == launch->pid) {
        launch->exit = end_of(pid, status).exit;
        launch->exit_value = end_of(pid, status).exit_value;
    }
}

/* Waits for the program, and then for its descendants if HAS_RUN and they are wanted. */
static void wait_for_end(struct launch *launch, struct relay *relay, int has_run)
{
    int status;
    pid_t pid;

    if (launch->pid > 0 && relay_wait(relay, launch->pid, &status) == 0)
        note_end(launch, launch->pid, status);
    while (launch->wait_all && has_run && (pid = relay_wait_other(relay, &status)) > 0)
        note_end(launch, pid, status);
    relay_end(relay);
}

int launch_run(struct launch *launch, struct message *message)
{
    struct relay relay;
    int report[2];
    int error = 0;

    launch->exit_value = 1;
    if (pipe2(report, O_CLOEXEC) != 0)
        return message_set(message, "cannot make a pipe: %s", strerror(errno));
    if (launch->wait_all) /* orphans of the program become our children */
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    relay_begin(&relay);
    launch->pid = fork();
    if (launch->pid == 0) {
        relay_restore(&relay);
        child_exec(launch, report[1]);
    }
    if (launch->pid < 0)
        message_set(message, "cannot make a process: %s", strerror(errno));
    relay_made(&relay);
    close(report[1]);
    while (launch->pid > 0 && read(report[0], &error, sizeof error) < 0 && errno == EINTR)
        ;
    close(report[0]);
    if (launch->pid > 0)
        launch->started(launch->argument, launch->pid);
    wait_for_end(launch, &relay, error == 0);
    if (launch->pid < 0)
        return -1;
    launch->end = clock_anchor();
    launch->lasted = 1;
    /* A write fails instead, if a report has no reader or a file grows too large: the launcher cleans up
     * then. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (error != 0)
        return message_set(message, "cannot run %s: %s", launch->path, strerror(error));
    return 0;
}

void launch_tell_ends(const struct launch *launch, struct profile *profile)
{
    for (size_t i = 0; i < profile->process_count; i++)
        for (size_t j = 0; j < launch->end_count; j++)
            if (profile->processes[i].pid == (uint64_t)launch->ends[j].pid) {
                profile->processes[i].exit = launch->ends[j].exit;
                profile->processes[i].exit_value = launch->ends[j].exit_value;
            }
}

void launch_free(struct launch *launch)
{
    free(launch->ends);
    launch->ends = NULL;
    launch->end_count = 0;
}

void launch_exit_alike(const struct launch *launch)
{
    if (launch->exit == PROFILE_EXIT_SIGNAL)
        relay_die((int)launch->exit_value);
    exit((int)launch->exit_value);
}
