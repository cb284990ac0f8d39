/*
 * ctl.h - `profile ctl`: pauses, resumes and resets the recording of a process that runs, and takes
 * snapshots.
 */
#ifndef CLI_CONTROL_CTL_H
#define CLI_CONTROL_CTL_H

#include <sys/types.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/ui/options.h"

#define CTL_WORD                                                                                             \
    "ctl" /* after the command's name: a program that is called so has to be given with its path */

/* Has no options but those of every command. */
extern const struct command CTL_COMMAND;

struct ctl_request;

/* What is asked for. */
struct ctl {
    pid_t pid;
    const struct ctl_request *request;
    const char *file; /* where a snapshot goes */
};

/* Fills *CTL from the COUNT words after the options. */
enum options_result ctl_parse(struct ctl *ctl, char *const *words, int count, struct message *message);

/* Does it. A snapshot is put into the zeroed PROFILE, and its warnings with it. -1 with a message. */
int ctl_do(const struct ctl *ctl, struct profile *profile, struct message *message);

#endif
