/*
 * ctl.h - `profile ctl`: pauses, resumes and resets the recording of a running process, and saves snapshots.
 */
#ifndef CLI_CONTROL_CTL_H
#define CLI_CONTROL_CTL_H

#include <stdio.h>
#include <sys/types.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/ui/options.h"

/* The first word of `profile ctl`. A program of this name must be given with its path. */
#define CTL_WORD "ctl"

/* Its options fill a struct ctl. */
extern const struct command CTL_COMMAND;

struct ctl_request;

/* A parsed command line. */
struct ctl {
    pid_t pid;
    int is_tree; /* the request is for the descendants too */
    const struct ctl_request *request;
    const char *file; /* to save a snapshot in, or NULL */
};

/* Fills CTL, zeroed but for the options, from the COUNT words that are not options. Returns OPTIONS_RUN, or
 * OPTIONS_ERROR and fills MESSAGE.
 */
enum options_result ctl_parse(struct ctl *ctl, char *const *words, int count, struct message *message);

/* Does what CTL asks for. Fills the zeroed PROFILE, with warnings, for a snapshot. With CTL->is_tree prints
 * to STREAM how many processes were told; those that end meanwhile are not among them. Returns 0, or -1 and
 * fills MESSAGE. */
int ctl_do(const struct ctl *ctl, struct profile *profile, FILE *stream, struct message *message);

#endif
