/*
 * preflight.h - looks at a program before it is run, for what would keep the runtime out of it.
 */
#ifndef CLI_RECORD_PREFLIGHT_H
#define CLI_RECORD_PREFLIGHT_H

#include "cli/base/message.h"

enum {
    PREFLIGHT_OK = 0,
    PREFLIGHT_UNFIT = 1,            /* it would run, but nothing could be recorded */
    PREFLIGHT_NOT_EXECUTABLE = 126, /* as env(1), nohup(1) and the shells exit */
    PREFLIGHT_NOT_FOUND = 127,
};

/* What was found out about a program that can be profiled. */
struct preflight {
    char *path;            /* to be freed */
    int keeps_preload_out; /* its loader would fail to preload the runtime: it brings its own */
};

/* Finds NAME as execvp(3) would, in PATH if it has no slash, and looks at it. Returns one of the above: the
 * status to exit with, with a message, unless it is PREFLIGHT_OK. */
int preflight(struct preflight *preflight, const char *name, struct message *message);

#endif
