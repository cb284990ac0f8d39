/*
 * launch.h - runs the program to be profiled as if nobody were in between, and waits for it.
 */
#ifndef CLI_RECORD_LAUNCH_H
#define CLI_RECORD_LAUNCH_H

#include <sys/types.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "runtime/format/image.h"

struct launch_end {
    pid_t pid;
    enum profile_exit exit;
    uint32_t exit_value;
};

struct launch {
    /* in */
    const char *path;                           /* of the program */
    char **words;                               /* its name and arguments, ended by NULL */
    const char *library;                        /* path of libprofile.so, or NULL: it is not preloaded */
    const char *spool;                          /* path of the directory for images */
    const char *options;                        /* for the runtime (format/settings.h), or NULL */
    int wait_all;                               /* wait for its descendants too */
    void (*started)(void *argument, pid_t pid); /* called when it runs */
    void *argument;

    /* out */
    pid_t pid;
    enum profile_exit exit;
    uint32_t exit_value;     /* status, or signal number */
    struct image_anchor end; /* an instant after its end */
    int lasted;              /* it ran until then; else it is not known when it ended */
    struct launch_end *ends; /* of all processes that launch_run() waited for */
    size_t end_count;
};

/* Runs the program and waits for its end. Passes on streams, arguments, signals and the rest of the
 * environment untouched. Returns 0, or -1 and fills MESSAGE if it cannot be started: launch->exit_value is
 * the status to exit with then. */
int launch_run(struct launch *launch, struct message *message);

/* Becomes the program, in this process. Returns -1 and fills MESSAGE if that fails: launch->exit_value is the
 * status to exit with then. */
int launch_exec(struct launch *launch, struct message *message);

/* Fills in how the processes of PROFILE ended, as far as launch_run() waited for them. */
void launch_tell_ends(const struct launch *launch, struct profile *profile);

/* Frees what LAUNCH holds; a zeroed struct is fine. */
void launch_free(struct launch *launch);

/* Ends this process as the program ended: with its status, or by its signal. */
void launch_exit_alike(const struct launch *launch) __attribute__((noreturn));

#endif
