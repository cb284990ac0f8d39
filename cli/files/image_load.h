/*
 * image_load.h - reads the images of one run (runtime/format/image.h) into one profile.
 *
 * Images are not trusted: the loader checks every length, index and offset. It reads a half-written image as
 * far as it goes: its program still runs, or was killed.
 */
#ifndef CLI_FILES_IMAGE_LOAD_H
#define CLI_FILES_IMAGE_LOAD_H

#include <stddef.h>

#include "cli/base/hash.h"
#include "cli/base/message.h"
#include "cli/model/model.h"

struct image_anchor;

/* A profile that is being filled. It stores the modules and functions that processes share once. */
struct image_loader {
    struct profile *profile;
    struct hash functions; /* by module and offset */
    struct hash modules;   /* by path and build */
    const double *bias;    /* cost of recording a call, in ns or the timer's unit; NULL: as measured */
};

/* Starts to collect images in PROFILE, which is zeroed. */
void image_loader_open(struct image_loader *loader, struct profile *profile);

/* Frees the indexes of the loader; the profile stays. */
void image_loader_close(struct image_loader *loader);

/*
 * Adds the process whose image is the SIZE bytes at DATA; PATH is for messages. NOW is an instant after all
 * that the image tells, or NULL if none is known. LASTED says that the process ran until then, unless its
 * image knows better. The functions have no symbols yet (symbolize.h).
 *
 * Returns 0, or -1 and fills MESSAGE: the profile then has nothing of the process.
 */
int image_load(struct image_loader *loader, const unsigned char *data, size_t size, const char *path,
               const struct image_anchor *now, int lasted, struct message *message);

#endif
