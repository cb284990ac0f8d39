/*
 * relay.h - runs a child as if nobody were between it and the caller.
 *
 * A signal that was sent to this process alone is passed on. One that was sent to its process group, as
 * Ctrl-C is, has reached the child already (base/witness.h). This process outlives the child, to finish its
 * work.
 */
#ifndef CLI_BASE_RELAY_H
#define CLI_BASE_RELAY_H

#include <signal.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

#include "cli/base/witness.h"

enum { RELAY_TIMERS = 3 };

/* Holds what the child gets back, and what relay_wait() needs. */
struct relay {
    sigset_t mask;                         /* signals that were blocked before */
    struct sigaction child_ends;           /* how SIGCHLD was handled before */
    struct itimerval timers[RELAY_TIMERS]; /* that the caller set for the program, as alarm() does */
    int death_signal;                      /* for when the parent of this process ends, or 0 */
    int go[2];                             /* a pipe, by which the child waits for the witness */
    struct witness witness;
    struct timespec ended; /* when the child ended */
};

/* Begins, before the child is made: holds all signals back until relay_wait() or relay_restore(). */
void relay_begin(struct relay *relay);

/* Goes on after the child was made. The witness is made after it, for scripts take the first child of this
 * process for the program. */
void relay_made(struct relay *relay);

/* Gives the child, which calls this, signals and timers as they were. */
void relay_restore(const struct relay *relay);

/* Passes signals on to process CHILD until it ends. Fills STATUS as waitpid() does. Returns 0, or -1 if there
 * is no such child. */
int relay_wait(struct relay *relay, pid_t child, int *status);

/* Waits for the end of any other child, after relay_wait(). Returns its ID and fills STATUS. Returns -1 if
 * there is none, or if a signal asks this process to end. */
pid_t relay_wait_other(const struct relay *relay, int *status);

/* Ends the passing on. Signals that ask this process to end stay blocked (base/interrupt.h); others that come
 * late for the child are dropped. */
void relay_end(struct relay *relay);

/* Ends this process by signal NUMBER, without a core file: the child has written its own. */
void relay_die(int number) __attribute__((noreturn));

#endif
