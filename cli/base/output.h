/*
 * output.h - writes a file as a whole: if that fails, the file is as it was before.
 */
#ifndef CLI_BASE_OUTPUT_H
#define CLI_BASE_OUTPUT_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "cli/base/message.h"

/* Returns the absolute form of PATH, as of the current directory, which the caller frees. Returns NULL and
 * fills MESSAGE on failure. */
char *output_path(const char *path, struct message *message);

/* Tries whether the file PATH can be written later, and leaves nothing behind. Returns 0, or -1 and fills
 * MESSAGE. */
int output_check(const char *path, struct message *message);

/* Writes SIZE bytes to the file PATH, through a temporary file beside it that then takes its place. Writes
 * directly to a file that is not regular, as /dev/stdout. Returns 0, or -1 and fills MESSAGE. */
int output_write(const char *path, const void *bytes, size_t size, struct message *message);

/* Writes SIZE bytes to a new file beside PATH, with the permissions MODE, which then takes the place of PATH.
 * Returns 0, or -1 and fills MESSAGE. */
int output_replace(const char *path, mode_t mode, const void *bytes, size_t size, struct message *message);

/* A file that is written piece by piece, and then takes its place as a whole. */
struct output {
    FILE *stream; /* to write to; its error flag tells whether that has failed */
    const char *path;
    char *temporary; /* the name of the file until it is finished; NULL: it is written where it is */
};

/* Opens the file PATH for writing. A NULL path is standard output. Returns 0, or -1 and fills MESSAGE. PATH
 * must outlive OUTPUT. */
int output_open(struct output *output, const char *path, struct message *message);

/* Closes OUTPUT. The file takes the place of the one at its path, if IS_WHOLE and no write has failed;
 * otherwise it is removed. Returns 0, or -1 and fills MESSAGE if a write has failed. */
int output_close(struct output *output, int is_whole, struct message *message);

/* Removes the file PATH, which an earlier run has left, unless it is not regular. Returns 1 if it did. */
int output_discard(const char *path);

#endif
