/*
 * image_process.h - the process that an image tells of, added to a profile: its command, clock and timer.
 */
#ifndef CLI_FILES_IMAGE_PROCESS_H
#define CLI_FILES_IMAGE_PROCESS_H

#include "cli/files/image_reader.h"

/* Adds the image's process. NOW and LASTED are those of image_load(). Returns 0, or -1 and fills the reader's
 * message. */
int image_process_load(struct image_reader *reader, const struct image_anchor *now, int lasted);

#endif
