/*
 * preflight.h - looks at a program before it runs, for anything that keeps the runtime out of it.
 */
#ifndef CLI_RECORD_PREFLIGHT_H
#define CLI_RECORD_PREFLIGHT_H

#include "cli/base/message.h"

enum {
    PREFLIGHT_OK = 0,
    PREFLIGHT_UNFIT = 1,            /* the program would run, but nothing could be recorded */
    PREFLIGHT_NOT_EXECUTABLE = 126, /* as env(1), nohup(1) and the shells exit */
    PREFLIGHT_NOT_FOUND = 127,
};

/* A program that can be profiled. */
struct preflight {
    char *path;            /* the caller frees it */
    int brings_runtime;    /* it is linked with one */
    int keeps_preload_out; /* it brings a runtime, and its loader could not preload one */
};

/* Finds NAME as execvp(3) does, in $PATH if it has no slash, and looks at it. Returns PREFLIGHT_OK, or the
 * status to exit with and fills MESSAGE. */
int preflight(struct preflight *preflight, const char *name, struct message *message);

#endif
