/*
 * file.h - reads and writes whole files.
 */
#ifndef CLI_BASE_FILE_H
#define CLI_BASE_FILE_H

#include <stddef.h>

#include "cli/base/message.h"

/* Reads the file PATH, which may be a pipe, into *DATA, to be freed. -1 with a message. */
int file_read(const char *path, unsigned char **data, size_t *size, struct message *message);

/* The same of a file that only we can have put where it is: no link, nothing that another user owns, and
 * nothing that would have us wait. */
int file_read_own(const char *path, unsigned char **data, size_t *size, struct message *message);

/* Writes SIZE bytes to DESCRIPTOR, all of them. Returns 0, or -1 and sets errno. */
int file_write(int descriptor, const void *bytes, size_t size);

/* A file's bytes: where they are, without a copy of them, if that can be had. */
struct file {
    unsigned char *data; /* not to be written to */
    size_t size;
    int is_mapped;
};

/*
 * Opens the file PATH, which may be a pipe. -1 with a message. Only what is looked at is read from the disk,
 * and no memory is filled with it, which for a large profile is most of the time. But whoever writes to the
 * file meanwhile changes the bytes, and if he cuts it short, looking at them raises SIGBUS.
 */
int file_open(struct file *file, const char *path, struct message *message);

/* Reads a copy in place of the bytes: for who looks at them twice. -1 with a message. */
int file_own(struct file *file, const char *path, struct message *message);

/* Closes an open or zeroed file. */
void file_close(struct file *file);

#endif
