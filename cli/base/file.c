/*
 * file.c - reads and writes whole files. See file.h.
 */
#include "cli/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

/* Returns where the hole begins that a file ends in, as images do, or SIZE if there is none. */
static size_t data_end(int descriptor, size_t size)
{
    off_t hole = 0, data;

    while ((data = lseek(descriptor, hole, SEEK_DATA)) >= 0 &&
           (hole = lseek(descriptor, data, SEEK_HOLE)) > data)
        ;
    if (data < 0 && errno == ENXIO)
        size = (size_t)hole;
    return lseek(descriptor, 0, SEEK_SET) == 0 ? size : 0;
}

/* Reads until the end of file, for the file may be a pipe, or grow. Stops at the hole that a regular file
 * ends in. */
static int read_all(int descriptor, unsigned char **data, size_t *size, const struct stat *status)
{
    size_t end = S_ISREG(status->st_mode) ? data_end(descriptor, (size_t)status->st_size) : 0;
    size_t most = end < (size_t)status->st_size ? end : SIZE_MAX, capacity = end + READ_STEP;
    ssize_t got;

    *size = 0;
    if ((*data = malloc(capacity)) == NULL)
        return -1;
    while ((got = read(descriptor, *data + *size, (capacity < most ? capacity : most) - *size)) != 0) {
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
            result = read_all(descriptor, data, size, &status);
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
    else if (read_all(descriptor, data, size, &status) != 0)
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

int file_write(int descriptor, const void *bytes, size_t size)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t written = write(descriptor, next, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        next += written;
        size -= (size_t)written;
    }
    return 0;
}

/* Maps a regular file that has a size. Files that the kernel makes up, as in /proc, have none. */
static int map(struct file *file, const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    void *data = MAP_FAILED;

    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (descriptor >= 0)
        close(descriptor);
    if (data == MAP_FAILED)
        return -1;
    *file = (struct file){.data = data, .size = (size_t)status.st_size, .is_mapped = 1};
    return 0;
}

int file_open(struct file *file, const char *path, struct message *message)
{
    *file = (struct file){.is_mapped = 0};
    return map(file, path) == 0 ? 0 : file_read(path, &file->data, &file->size, message);
}

int file_own(struct file *file, const char *path, struct message *message)
{
    if (!file->is_mapped)
        return 0;
    file_close(file);
    return file_read(path, &file->data, &file->size, message);
}

void file_close(struct file *file)
{
    if (file->is_mapped)
        munmap(file->data, file->size);
    else
        free(file->data);
    *file = (struct file){.is_mapped = 0};
}

void file_program(char *path)
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

    path[length > 0 ? length : 0] = '\0';
}

char *file_beside_program(const char *const *places, size_t count, const char *name)
{
    char program[PATH_MAX], *slash, *path;

    file_program(program);
    slash = strrchr(program, '/');
    for (size_t i = 0; slash != NULL && i < count; i++) {
        if (asprintf(&path, "%.*s/%s%s", (int)(slash - program), program, places[i], name) < 0)
            break;
        if (access(path, R_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}
