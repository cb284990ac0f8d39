/*
 * spool.h - the launcher's private directory, in which every process of the program makes its image.
 */
#ifndef CLI_RECORD_SPOOL_H
#define CLI_RECORD_SPOOL_H

#include <limits.h>
#include <sys/types.h>

#include "cli/base/message.h"
#include "cli/model/model.h"

struct image_anchor;

struct spool {
    char path[PATH_MAX]; /* "" if there is none */
};

/* Makes the directory: in memory (/dev/shm) if there is room, else in TMPDIR, else in /tmp. -1 with a
 * message. */
int spool_open(struct spool *spool, struct message *message);

/*
 * Loads all images into the zeroed PROFILE, that of process FIRST before the others. NOW is an instant after
 * all that they tell; LASTED says that FIRST ran until then. An image that cannot be read becomes a warning.
 * Without any image PROFILE has no processes.
 */
int spool_load(const struct spool *spool, struct profile *profile, pid_t first,
               const struct image_anchor *now, int lasted, struct message *message);

/*
 * Loads into the zeroed PROFILE what process FIRST, whose image is IMAGE, has recorded so far: if it is in a
 * spool, with what it was before it became another program, and its descendants, as far as their images tell
 * whose they are. An image that cannot be read becomes a warning.
 */
int spool_load_live(const char *image, struct profile *profile, pid_t first, struct message *message);

/* Leaves the directory to be recovered, which is added to MESSAGE, and forgets it. */
void spool_keep(struct spool *spool, struct message *message);

/* Removes the directory and what is in it; a zeroed spool is fine. */
void spool_close(struct spool *spool);

#endif
