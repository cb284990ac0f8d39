/*
 * load.h - profiles from files: a finished out.prof, or the raw image of a program that ran without the
 * launcher.
 *
 * Files are not trusted: every length, index and offset is checked. A half-written image (its program still
 * runs, or was killed) is read as far as it goes.
 */
#ifndef CLI_FILES_LOAD_H
#define CLI_FILES_LOAD_H

#include <stddef.h>

#include "cli/base/message.h"
#include "cli/model/model.h"

/* Loads a profile of either kind from the SIZE bytes at DATA, with its functions' symbols; PATH is for
 * messages. Fills the zeroed PROFILE; -1 with a message. */
int profile_load_data(struct profile *profile, const unsigned char *data, size_t size, const char *path,
                      struct message *message);

/* The same, from the file PATH. */
int profile_load(struct profile *profile, const char *path, struct message *message);

#endif
