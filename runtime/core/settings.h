/*
 * settings.h - the settings of the recording, which the environment holds.
 *
 * PROFILE_SPOOL names the directory of a launcher that waits for the images of this process and its children.
 * Without it the program was linked with the library and runs alone. PROFILE_OUT is then the path of its
 * image. PROFILE_OPTIONS is a list of NAME=NUMBER with commas between them, and may end with timer=TEXT.
 */
#ifndef RUNTIME_CORE_SETTINGS_H
#define RUNTIME_CORE_SETTINGS_H

#include <limits.h>
#include <stdint.h>

#include "runtime/format/image.h"

/* A text without a setting is "". */
struct settings {
    uint32_t pid;             /* of the process that read the settings: in a forked child, its parent's */
    char spool[PATH_MAX];     /* the launcher's directory */
    char preload[PATH_MAX];   /* the path by which the launcher preloads this library */
    char out[PATH_MAX];       /* PROFILE_OUT */
    char temporary[PATH_MAX]; /* TMPDIR */
    char options[PATH_MAX];   /* PROFILE_OPTIONS */
    char timer[PATH_MAX];     /* the text of timer=, which timer_choose() parses */
    enum image_reads reads;   /* 0: the timer decides */
    uint32_t frequency;       /* samples of a thread in a second of CPU time; 0: none are taken */
    uint32_t sampler;         /* enum setting_sampler */
    uint32_t sample_cost;     /* nanoseconds */
    uint32_t seccomp;         /* filters of system calls that the launcher is under */
    uint64_t max_contexts;    /* calling contexts that get a record of their own */
    int is_paused;            /* recording starts paused */
    int has_filters;          /* the launcher's resolver has patterns */
    uint32_t depth;           /* most recorded calls on a stack; 0: no limit */
    uint64_t throttle_calls;  /* calls after which a function is judged; 0: never */
    uint64_t throttle_ns;     /* nanoseconds a call, below which it is throttled; 0: what recording costs */
};

/* Reads the environment. hooks/start.c calls it once, before the program can change the environment. Forked
 * children keep the settings. */
void settings_read(void);

/* Returns the settings; all zeros before settings_read(). Only timer_choose() may write to them. */
struct settings *settings_get(void);

#endif
