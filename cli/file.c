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

/* Reads until the end, wherever that is: the file may be a pipe, or grow. Reading begins at START. */
static int read_all(int descriptor, unsigned char **data, size_t *size, size_t start, size_t expected)
{
    size_t capacity = expected + READ_STEP;
    ssize_t got;

    *size = start;
    if ((*data = calloc(1, capacity)) == NULL)
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

/* How much of the file, which is large enough, can be skipped. */
static size_t skippable(int descriptor, size_t file_size, const struct file_skip *skip)
{
    unsigned char end[FILE_END_MAX];

    if (skip == NULL || file_size < skip->end_size ||
        pread(descriptor, end, skip->end_size, (off_t)(file_size - skip->end_size)) !=
            (ssize_t)skip->end_size)
        return 0;
    return skip->skip(end, skip->end_size, file_size);
}

/* The zeros take no memory: a large calloc() is fresh pages, which are not touched. */
static int read_regular(int descriptor, size_t file_size, const struct file_skip *skip, unsigned char **data,
                        size_t *size)
{
    size_t skipped = skippable(descriptor, file_size, skip);

    if (skipped > 0 && lseek(descriptor, (off_t)skipped, SEEK_SET) < 0)
        return -1;
    return read_all(descriptor, data, size, skipped, file_size);
}

static int read_file(const char *path, const struct file_skip *skip, unsigned char **data, size_t *size,
                     struct message *message)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    int result = -1;

    *data = NULL;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            errno = EISDIR;
        else if (S_ISREG(status.st_mode))
            result = read_regular(descriptor, (size_t)status.st_size, skip, data, size);
        else
            result = read_all(descriptor, data, size, 0, 0);
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

int file_read(const char *path, unsigned char **data, size_t *size, struct message *message)
{
    return read_file(path, NULL, data, size, message);
}

int file_read_own(const char *path, unsigned char **data, size_t *size, struct message *message)
{
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    int result = -1;

    *data = NULL;
    if (descriptor < 0 && errno != ELOOP)
        return message_set(message, "cannot read %s: %s", path, strerror(errno));
    if (descriptor < 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_nlink != 1 || status.st_uid != geteuid())
        message_set(message, "%s is left out: profile did not put it there", path);
    else if (read_regular(descriptor, (size_t)status.st_size, NULL, data, size) != 0)
        message_set(message, "cannot read %s: %s", path, strerror(errno));
    else
        result = 0;
    if (result != 0) {
        free(*data);
        *data = NULL;
    }
    if (descriptor >= 0)
        close(descriptor);
    return result;
}

int file_read_behind(const char *path, const struct file_skip *skip, unsigned char **data, size_t *size,
                     struct message *message)
{
    return read_file(path, skip, data, size, message);
}
