/*
 * image_waits.h - shares out the time that a thread had no processor, where no samples tell when that was.
 */
#ifndef CLI_FILES_IMAGE_WAITS_H
#define CLI_FILES_IMAGE_WAITS_H

#include "cli/model/model.h"
#include "runtime/format/image.h"

/* Fills in the times without a processor of the records of ADDED, the last thread of PROFILE, from what
 * THREAD says of all of it. Returns 0, or -1 without memory. */
int waits_share(struct profile *profile, const struct profile_thread *added,
                const struct image_thread *thread);

#endif
