/*
 * recover.h - spools that a launcher left behind because it was killed: what they were for, and finding them.
 */
#ifndef CLI_RECORD_RECOVER_H
#define CLI_RECORD_RECOVER_H

#include <sys/types.h>

#include "cli/base/message.h"
#include "cli/record/spool.h"

/* Notes in the spool, while its launcher lives and holds it: the program's pid, and where its profile is to
 * go (NULL: it is printed). -1 with a message. */
int recover_note(struct spool *spool, pid_t program, const char *out, struct message *message);

/* A spool that was left. */
struct leftover {
    struct spool spool;
    pid_t program;
    char *out; /* to be freed; NULL: its report would have been printed */
};

/* Takes hold of the spool in DIRECTORY, or of the first one that is found where spools are made, if that is
 * NULL. -1 with a message: there is none, its launcher is at work, or its program is still running. */
int recover_find(struct leftover *leftover, const char *directory, struct message *message);

#endif
