/*
 * notes_add.h - collects what the reader of a report should know about the runs behind it: calls that are
 * missing, programs that were killed, clocks that were wrong.
 */
#ifndef CLI_ANALYSIS_NOTES_ADD_H
#define CLI_ANALYSIS_NOTES_ADD_H

#include <stddef.h>
#include <stdint.h>

#include "cli/model/model.h"

enum { NOTES_THROTTLED = 5, NOTES_NAME_MAX = 512 };

/* A function that was recorded only up to some time. */
struct notes_throttled {
    char name[NOTES_NAME_MAX];
    double after;   /* ns from the start of its process until it was throttled */
    uint64_t calls; /* by which it was judged */
};

/* A zeroed struct has seen nothing. */
struct notes {
    int has_calls;       /* some were recorded */
    uint64_t lost;       /* calls that are missing, because there was no space to record them */
    uint64_t folded;     /* calls that were counted in their caller's context */
    uint64_t open;       /* calls that had not returned when a signal killed their program */
    size_t programs;     /* one a profile */
    size_t killed;       /* programs that a signal killed */
    uint32_t signal;     /* that killed the first of them */
    uint64_t children;   /* other processes that a signal killed */
    uint64_t unrecorded; /* processes of which nothing is known */
    int is_untimed;      /* calls were counted only */
    uint64_t backwards;  /* steps back of timers */
    uint64_t rewound;    /* contexts in which the clock stepped back */
    double asleep;       /* ns for which the machine slept during a process, the most of all processes */
    double astray;       /* ns by which the clock went wrong in a process, the most of all processes */
    uint64_t throttled;  /* functions that were recorded only up to some time */
    struct notes_throttled first_throttled[NOTES_THROTTLED];
};

/* Adds everything there is to note of PROFILE. */
void notes_add(struct notes *notes, const struct profile *profile);

/* Adds only the functions of PROFILE that were throttled. */
void notes_add_throttled(struct notes *notes, const struct profile *profile);

#endif
