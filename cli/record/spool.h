/*
 * spool.h - the launcher's private directory, where every process of the program makes its image.
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

/* Makes the directory: in memory (/dev/shm) if there is room, else in $TMPDIR, else in /tmp. Returns 0, or -1
 * and fills MESSAGE. */
int spool_open(struct spool *spool, struct message *message);

/*
 * Loads all images into the zeroed PROFILE, that of process FIRST before the others. NOW is an instant after
 * all that the images tell; LASTED says that FIRST ran until then. BIAS replaces the measured cost of
 * recording a call, in nanoseconds or the timer's unit, unless it is NULL. An image that cannot be read
 * becomes a warning. Without any image PROFILE has no processes. Returns 0, or -1 and fills MESSAGE.
 */
int spool_load(const struct spool *spool, struct profile *profile, pid_t first,
               const struct image_anchor *now, int lasted, const double *bias, struct message *message);

/*
 * Loads into the zeroed PROFILE what process FIRST, whose image is the file IMAGE, has recorded so far. If
 * IMAGE is in a spool, also loads the images that FIRST made before an exec, and those of its descendants.
 * The parents that images name tell which these are. An image that cannot be read becomes a warning. Returns
 * 0, or -1 and fills MESSAGE.
 */
int spool_load_live(const char *image, struct profile *profile, pid_t first, struct message *message);

/*
 * Fills PIDS, to be freed, with the COUNT processes that run now of FIRST, whose image is the file IMAGE, and
 * its descendants. If FIRST is the program of the launcher, these are all that IMAGE's spool knows, also
 * those that others have adopted. Returns 0, or -1 and fills MESSAGE.
 */
int spool_tree(const char *image, pid_t first, pid_t **pids, size_t *count, struct message *message);

/* Leaves the directory for `profile --recover`, says so in MESSAGE, and zeroes SPOOL's path. */
void spool_keep(struct spool *spool, struct message *message);

/* Removes the directory with its contents; a zeroed struct is fine. */
void spool_close(struct spool *spool);

#endif
