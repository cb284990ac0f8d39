/*
 * file.c - reads whole files. See file.h.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

/* Reads until the end, wherever that is: the file may be a pipe, or grow. */
static int read_all(int descriptor, unsigned char **data, size_t *size, size_t expected)
{
    size_t capacity = expected + READ_STEP;
    ssize_t got;

    *size = 0;
    if ((*data = malloc(capacity)) == NULL)
        return -1;
    while ((got = read(descriptor, *data + *size, capacity - *size)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        *size += (size_t)got;
        if (*size == capacity) {
            unsigned char *larger = capacity < SIZE_MAX / 2 ? realloc(*data, capacity *= 2) : NULL;

            if (larger == NULL)
                return -1;
            *data = larger;
        }
    }
    return 0;
}

int file_read(const char *path, unsigned char **data, size_t *size, struct message *message)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    int result = -1;

    *data = NULL;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            errno = EISDIR;
        else
            result = read_all(descriptor, data, size, S_ISREG(status.st_mode) ? (size_t)status.st_size : 0);
    }
    if (result != 0) {
        message_set(message, "cannot read %s: %s", path, strerror(errno));
        free(*data);
        *data = NULL;
    }
    if (descriptor >= 0)
        close(descriptor);
    return result;
}
