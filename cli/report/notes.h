/*
 * notes.h - what the reader of a report should know of how its profiles came about. It goes to standard
 * error: reports themselves stay what pstats prints.
 */
#ifndef CLI_REPORT_NOTES_H
#define CLI_REPORT_NOTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/model/model.h"

enum { NOTES_THROTTLED = 5, NOTES_TEXT_MAX = 512 };

/* A zeroed struct has seen nothing. */
struct notes {
    int has_calls;       /* some were recorded */
    uint64_t lost;       /* calls that were not */
    uint64_t folded;     /* calls of which only the caller was */
    uint64_t open;       /* that had not returned when their program was killed */
    size_t programs;     /* one a profile */
    size_t killed;       /* of these, by a signal */
    uint32_t signal;     /* that killed the first of them */
    uint64_t children;   /* other processes that were killed */
    uint64_t unrecorded; /* processes of which nothing is known */
    int is_untimed;      /* calls were counted only */
    uint64_t backwards;  /* how often timers have stepped back */
    uint64_t rewound;    /* contexts in which the clock has */
    double asleep;       /* nanoseconds for which the machine slept while they ran: the most of any process */
    double astray;       /* by which a clock went astray: likewise */
    uint64_t throttled;  /* functions that were recorded no more, from some time on ... */
    char throttled_texts[NOTES_THROTTLED][NOTES_TEXT_MAX]; /* ... and what there is to say of the first */
};

void notes_add(struct notes *notes, const struct profile *profile);

/* Writes what there is to know of the clock, in lines that begin with the name of the COMMAND. */
void notes_print_clock(const struct notes *notes, const char *command, FILE *stream);
/* The same of functions that were throttled alone. */
void notes_add_throttled(struct notes *notes, const struct profile *profile);
void notes_print_throttled(const struct notes *notes, const char *command, FILE *stream);

/* Writes a line for each thing to know, which begins with the name of the COMMAND. */
void notes_print(const struct notes *notes, const char *command, FILE *stream);

#endif
