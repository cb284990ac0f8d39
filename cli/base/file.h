/*
 * file.h - reads and writes whole files.
 */
#ifndef CLI_BASE_FILE_H
#define CLI_BASE_FILE_H

#include <stddef.h>

#include "cli/base/message.h"

/* Reads the file PATH, which may be a pipe, into DATA, which the caller frees. Returns 0, or -1 and fills
 * MESSAGE. */
int file_read(const char *path, unsigned char **data, size_t *size, struct message *message);

/* Reads the file PATH into DATA, which the caller frees, if only this user can have put it there. It refuses
 * links, files of other users, and files that a reader would have to wait for. Returns 0, or -1 and fills
 * MESSAGE. */
int file_read_own(const char *path, unsigned char **data, size_t *size, struct message *message);

/* Writes SIZE bytes to DESCRIPTOR, all of them. Returns 0, or -1 and sets errno. */
int file_write(int descriptor, const void *bytes, size_t size);

/* Fills PATH, of PATH_MAX bytes, with the path of this program; "" if that is unknown. */
void file_program(char *path);

/* Returns the path of the readable file NAME, to be freed, or NULL if there is none. Looks in PLACES, COUNT
 * directories relative to that of this program, each "" or with a slash at its end. */
char *file_beside_program(const char *const *places, size_t count, const char *name);

/* The bytes of a file, mapped if it can be mapped, else copied. */
struct file {
    unsigned char *data; /* nobody writes to them */
    size_t size;
    int is_mapped;
};

/*
 * Opens the file PATH, which may be a pipe. Returns 0, or -1 and fills MESSAGE.
 *
 * The disk delivers only the bytes of a mapped file that are looked at, and they fill no other memory: for a
 * large profile that is most of the time. But another program that writes to the file changes the bytes. If
 * it cuts the file short, looking at them raises SIGBUS.
 */
int file_open(struct file *file, const char *path, struct message *message);

/* Copies the bytes if they are mapped, for a caller that looks at them twice. Returns 0, or -1 and fills
 * MESSAGE. */
int file_own(struct file *file, const char *path, struct message *message);

/* Closes an open or zeroed file. */
void file_close(struct file *file);

#endif
