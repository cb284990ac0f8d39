/*
 * relay.h - runs a child as if nobody were between it and the caller.
 *
 * A signal from the terminal (Ctrl-C) reaches the child by itself, for it is in this process's group. A
 * signal that was sent to this process alone is passed on. This process outlives the child, to finish its
 * work.
 */
#ifndef CLI_BASE_RELAY_H
#define CLI_BASE_RELAY_H

#include <signal.h>
#include <sys/types.h>

enum { RELAY_SIGNALS = 6 };

/* Holds how signals were handled before. */
struct relay {
    struct sigaction old[RELAY_SIGNALS];
    sigset_t mask;
};

/* Begins, before the child is made. Holds signals back until relay_to() or relay_restore(). */
void relay_begin(struct relay *relay);

/* Gives the child, which calls this, the signals as they were. */
void relay_restore(const struct relay *relay);

/* Passes signals on to process CHILD from now on. */
void relay_to(const struct relay *relay, pid_t child);

/* Passes no more signals on: the child has ended. They are dropped from now on. */
void relay_end(void);

/* Ends this process by signal NUMBER, without a core file: the child has written its own. */
void relay_die(int number) __attribute__((noreturn));

#endif
