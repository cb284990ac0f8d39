/*
 * recover.h - spools that a launcher left behind because it was killed.
 */
#ifndef CLI_RECORD_RECOVER_H
#define CLI_RECORD_RECOVER_H

#include <sys/types.h>

#include "cli/base/message.h"
#include "cli/record/spool.h"

/* Writes a note to SPOOL and holds it for as long as this process lives. The note has the pid of the PROGRAM,
 * and the file OUT for its profile. OUT is NULL if that is printed. Returns 0, or -1 and fills MESSAGE. */
int recover_note(struct spool *spool, pid_t program, const char *out, struct message *message);

/* A spool that was left behind. */
struct leftover {
    struct spool spool;
    pid_t program;
    unsigned long long start; /* when the program was started (running.h), or 0 */
    char *out;                /* the caller frees it; NULL: the profile was to be printed */
};

/* Finds the spool in DIRECTORY, and holds its note. Without a DIRECTORY, finds the first one where spools are
 * made. Returns 0, or -1 and fills MESSAGE: there is none, its launcher is at work, or its program still
 * runs. */
int recover_find(struct leftover *leftover, const char *directory, struct message *message);

#endif
