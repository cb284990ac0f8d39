/*
 * load.h - profiles from files: a finished out.prof, or the raw image of a program that ran without the
 * launcher.
 *
 * Files are not trusted: every length, index and offset is checked. A half-written image (its program still
 * runs, or was killed) is read as far as it goes.
 */
#ifndef CLI_FILES_LOAD_H
#define CLI_FILES_LOAD_H

#include "cli/base/hash.h"
#include "cli/base/message.h"
#include "cli/model/model.h"

struct image_anchor;

/* Loads a profile of either kind from the SIZE bytes at DATA, with its functions' symbols; PATH is for
 * messages. Fills the zeroed PROFILE; -1 with a message. */
int profile_load_data(struct profile *profile, const unsigned char *data, size_t size, const char *path,
                      struct message *message);

/* The same, from the file PATH. */
int profile_load(struct profile *profile, const char *path, struct message *message);

/* Collects the images of one run in one profile: modules and functions that processes share are stored once.
 */
struct image_loader {
    struct profile *profile;
    struct hash functions; /* by module and offset */
    struct hash modules;   /* by path and build */
};

/* Starts collecting in PROFILE, which is zeroed. */
void image_loader_open(struct image_loader *loader, struct profile *profile);
void image_loader_close(struct image_loader *loader);

/*
 * Adds the process whose image is the SIZE bytes at DATA; PATH is for messages. NOW is an instant after all
 * that the image tells, or NULL if none is known, and LASTED says that the process ran until then, unless its
 * image knows better. Its functions have no symbols yet (symbolize.h). A process whose image fails to load
 * leaves nothing in the profile.
 */
int image_load(struct image_loader *loader, const unsigned char *data, size_t size, const char *path,
               const struct image_anchor *now, int lasted, struct message *message);

#endif
