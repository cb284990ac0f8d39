/*
 * witness.h - tells a signal to this process alone from a signal to its process group.
 *
 * The kernel tells a receiver nothing about that. So a second process in the group, the witness, keeps all
 * signals blocked, and is asked whether it has received the signal too.
 */
#ifndef CLI_BASE_WITNESS_H
#define CLI_BASE_WITNESS_H

#include <signal.h>
#include <sys/types.h>

struct witness {
    pid_t pid;  /* -1 if there is none */
    int socket; /* for questions and answers */
};

/* Makes a witness. All signals must be blocked. If that fails, witness_saw() guesses. */
void witness_open(struct witness *witness);

/* Returns 1 if the signal of INFO, which this process has received, was sent to the group. */
int witness_saw(const struct witness *witness, const siginfo_t *info);

/* Ends the witness. */
void witness_close(struct witness *witness);

#endif
