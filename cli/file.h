/*
 * file.h - reads whole files.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

#include "message.h"

/* Reads the file PATH, which may be a pipe, into *DATA, to be freed. -1 with a message. */
int file_read(const char *path, unsigned char **data, size_t *size, struct message *message);

/* The same of a file that only we can have put where it is: no link, nothing that another user owns, and
 * nothing that would have us wait. */
int file_read_own(const char *path, unsigned char **data, size_t *size, struct message *message);

enum { FILE_END_MAX = 64 };

/* How to find out how many bytes at the beginning of a file need not be read. */
struct file_skip {
    size_t end_size; /* at most FILE_END_MAX */
    size_t (*skip)(const unsigned char *end, size_t end_size,
                   size_t file_size); /* given the file's last bytes */
};

/* The same, but of a regular file the bytes that need not be read are zeros. */
int file_read_behind(const char *path, const struct file_skip *skip, unsigned char **data, size_t *size,
                     struct message *message);

#endif
