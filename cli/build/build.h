/*
 * build.h - `profile build`: runs a build whose compilers instrument what they compile.
 */
#ifndef CLI_BUILD_BUILD_H
#define CLI_BUILD_BUILD_H

#include "cli/base/message.h"

/* How a build ended. */
struct build {
    int status;            /* to exit with, unless SIGNAL */
    int signal;            /* that ended the command, or 0 */
    long compilations;     /* that have hooks */
    struct message remark; /* why hooks are not as they should be, or "" */
};

/* Runs the command in WORDS, ended by NULL, with this program before its compilers in $PATH. Returns 0, or -1
 * and fills MESSAGE if it cannot be started: build->status is the status to exit with then. */
int build_run(struct build *build, char **words, struct message *message);

#endif
