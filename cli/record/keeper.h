/*
 * keeper.h - keeps the files of modules open while the program runs, for their symbols.
 *
 * When the program has ended, a file may have been removed or replaced, or it may lie in a mount namespace
 * that is gone. Each process sends descriptors of its modules' files to a socket in the spool.
 */
#ifndef CLI_RECORD_KEEPER_H
#define CLI_RECORD_KEEPER_H

#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli/base/message.h"
#include "cli/model/model.h"

struct keeper_file {
    char *path; /* as the process knows it */
    int descriptor;
    dev_t device;
    ino_t inode;
    off_t size;    /* bytes */
    int64_t mtime; /* nanoseconds since the epoch */
};

/* A zeroed struct, but for a socket of -1, keeps nothing. */
struct keeper {
    int socket;
    pthread_t thread;
    int is_running;  /* the thread is there */
    int is_stopping; /* the thread is to end */
    struct keeper_file *files;
    size_t count, most; /* most: descriptors to be kept */
};

/* Makes the socket in the directory SPOOL, before the program starts. Without one, nothing is kept. */
void keeper_open(struct keeper *keeper, const char *spool);

/* Starts to receive files, in a thread, when the program has started. */
void keeper_start(struct keeper *keeper);

/* Receives what has been sent, and ends the thread. */
void keeper_stop(struct keeper *keeper);

/* Tells the modules of PROFILE where their files are kept. They stay readable until keeper_close(). */
void keeper_tell(const struct keeper *keeper, struct profile *profile);

/* Closes all files. Accepts what keeper_open() has left, and a zeroed struct with a socket of -1. */
void keeper_close(struct keeper *keeper);

#endif
