/*
 * settings.h - how the process is to be recorded, as the environment says it.
 *
 * PROFILE_SPOOL names the directory of a launcher that waits for the images of this process and its children.
 * Without it the program was linked with the library and runs alone. PROFILE_OUT is then the path of its
 * image. PROFILE_OPTIONS is a list of NAME=NUMBER with commas between; it may end in timer=TEXT.
 */
#ifndef RUNTIME_CORE_SETTINGS_H
#define RUNTIME_CORE_SETTINGS_H

#include <limits.h>
#include <stdint.h>

#include "runtime/format/image.h"

/* A text that is not set is "". */
struct settings {
    uint32_t pid;             /* of the process that read them: a forked child has its parent's */
    char spool[PATH_MAX];     /* the launcher's directory */
    char preload[PATH_MAX];   /* the path by which the launcher preloads this library */
    char out[PATH_MAX];       /* PROFILE_OUT */
    char temporary[PATH_MAX]; /* TMPDIR */
    char options[PATH_MAX];   /* PROFILE_OPTIONS */
    char timer[PATH_MAX];     /* the text of timer=, for timer_choose() to take apart */
    enum image_reads reads;   /* 0: the timer decides */
    uint64_t max_contexts;    /* calling contexts that get a record of their own */
    int is_paused;            /* nothing is recorded at first */
    int has_filters;          /* the launcher's resolver knows patterns */
    uint32_t depth;           /* recorded calls on a stack; 0: any number */
    uint64_t throttle_calls;  /* a function is judged after so many calls; 0: never */
    uint64_t throttle_ns; /* it is left out below so many nanoseconds a call; 0: below the cost of a record */
};

/* Reads the environment, once: the program may change it later. Serves forked children too. */
void settings_read(void);

/* Returns the settings; all zeros before settings_read(). Only timer_choose() may write to them. */
struct settings *settings_get(void);

#endif
