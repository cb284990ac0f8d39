/*
 * output.h - the file that the profile is written to: there as a whole, or as it was before.
 */
#ifndef CLI_BASE_OUTPUT_H
#define CLI_BASE_OUTPUT_H

#include <stddef.h>

#include "cli/base/message.h"
#include "cli/model/model.h"

/* The absolute form of PATH, as of the current directory; to be freed. NULL with a message. */
char *output_path(const char *path, struct message *message);

/* Tries whether the file can be written later, leaving nothing behind. -1 with a message. */
int output_check(const char *path, struct message *message);

/* Writes the profile to the file: to a temporary one beside it, which then takes its place. What is no
 * regular file
 * (/dev/stdout) is written to directly. -1 with a message. */
int output_write(const char *path, const struct profile *profile, struct message *message);

/* The same for SIZE bytes. */
int output_write_bytes(const char *path, const void *bytes, size_t size, struct message *message);

#endif
