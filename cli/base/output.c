/*
 * output.c - writes a file as a whole. See output.h.
 */
#include "cli/base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/base/interrupt.h"

static int cannot_write(const char *path, struct message *message)
{
    return message_set(message, "cannot write %s: %s", path, strerror(errno));
}

/* Returns 1 if PATH is where devices are. /dev/shm has files of programs, in memory. */
static int is_of_devices(const char *path)
{
    return strncmp(path, "/dev/", 5) == 0 && strncmp(path, "/dev/shm/", 9) != 0;
}

/* Returns the file that a symbolic link leads to, for the link must stay; or PATH if it is no link. Frees
 * PATH otherwise. */
static char *follow_link(char *path)
{
    struct stat status;
    char *target;

    if (is_of_devices(path) || lstat(path, &status) != 0 || !S_ISLNK(status.st_mode) ||
        (target = realpath(path, NULL)) == NULL)
        return path;
    free(path);
    return target;
}

char *output_path(const char *path, struct message *message)
{
    char *directory = path[0] == '/' ? strdup("") : getcwd(NULL, 0);
    char *absolute = NULL;

    if (directory == NULL || asprintf(&absolute, "%s%s%s", directory, path[0] == '/' ? "" : "/", path) < 0)
        cannot_write(path, message);
    free(directory);
    return absolute != NULL ? follow_link(absolute) : NULL;
}

/* Returns the name of a file beside PATH, for mkostemp(), or NULL and sets errno. PATH loses bytes at its end
 * if the name would be too long. */
static char *name_beside(const char *path)
{
    static const char suffix[] = ".XXXXXX";
    const char *slash = strrchr(path, '/');
    size_t length = strlen(slash != NULL ? slash + 1 : path), most = NAME_MAX - (sizeof suffix - 1);
    size_t excess = length > most ? length - most : 0;
    char *name;

    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    return asprintf(&name, "%.*s%s", (int)(strlen(path) - excess), path, suffix) >= 0 ? name : NULL;
}

/* Opens a new file beside PATH, and puts its name into TEMPORARY, which the caller frees. Returns a
 * descriptor, or -1: TEMPORARY is then NULL. */
static int open_beside(const char *path, char **temporary)
{
    int descriptor;

    *temporary = name_beside(path);
    if (*temporary == NULL)
        return -1;
    descriptor = mkostemp(*temporary, O_CLOEXEC);
    if (descriptor < 0) {
        free(*temporary);
        *temporary = NULL;
    }
    return descriptor;
}

/* Returns 1 if a rename must not replace PATH. A device is special, and a name that the kernel makes for an
 * open file. A directory is special too: it then fails to open. */
static int is_special(const char *path)
{
    struct stat status;

    return is_of_devices(path) || strncmp(path, "/proc/", 6) == 0 ||
           (stat(path, &status) == 0 && !S_ISREG(status.st_mode));
}

/* Returns 1 if PATH is a named pipe. To open and close it would end what its reader reads. */
static int is_pipe(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

int output_check(const char *path, struct message *message)
{
    char *temporary = NULL;
    int special = is_special(path);
    int descriptor = -1;

    if (is_pipe(path))
        return access(path, W_OK) == 0 ? 0 : cannot_write(path, message);
    descriptor = special ? open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK) : open_beside(path, &temporary);

    if (descriptor < 0)
        return cannot_write(path, message);
    close(descriptor);
    if (temporary != NULL)
        unlink(temporary);
    free(temporary);
    return 0;
}

/* Returns the permissions that the file at PATH has, or that any new file gets. */
static mode_t mode_of(const char *path)
{
    struct stat status;
    mode_t mask = umask(0);

    umask(mask);
    return stat(path, &status) == 0 ? status.st_mode & 0777 : 0666 & ~mask;
}

int output_replace(const char *path, mode_t mode, const void *bytes, size_t size, struct message *message)
{
    char *temporary = NULL;
    int descriptor = open_beside(path, &temporary);
    int result;

    if (descriptor < 0)
        return cannot_write(path, message);
    interrupt_remove(temporary);
    fchmod(descriptor, mode);
    result = file_write(descriptor, bytes, size) == 0 ? fsync(descriptor) : -1;
    if (close(descriptor) != 0 || result != 0 || rename(temporary, path) != 0) {
        result = cannot_write(path, message);
        unlink(temporary);
    }
    interrupt_remove(NULL);
    free(temporary);
    return result;
}

/* Writes to something that cannot be replaced. */
static int write_special(const char *path, const void *bytes, size_t size, struct message *message)
{
    int descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    int result = descriptor >= 0 ? file_write(descriptor, bytes, size) : -1;

    if (descriptor >= 0 && close(descriptor) != 0)
        result = -1;
    return result == 0 ? 0 : cannot_write(path, message);
}

int output_write(const char *path, const void *bytes, size_t size, struct message *message)
{
    if (is_special(path))
        return write_special(path, bytes, size, message);
    return output_replace(path, mode_of(path), bytes, size, message);
}

int output_open(struct output *output, const char *path, struct message *message)
{
    int descriptor;

    *output = (struct output){.stream = stdout, .path = path != NULL ? path : "standard output"};
    if (path == NULL)
        return 0;
    descriptor =
        is_special(path) ? open(path, O_WRONLY | O_TRUNC | O_CLOEXEC) : open_beside(path, &output->temporary);
    output->stream = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (output->stream == NULL)
        return cannot_write(path, message);
    if (output->temporary != NULL) {
        interrupt_remove(output->temporary);
        fchmod(descriptor, mode_of(path));
    }
    return 0;
}

/* Writes what is still in memory. Returns 0, or -1 and sets errno. */
static int flush(FILE *stream)
{
    if (fflush(stream) == 0 && !ferror(stream))
        return 0;
    if (errno == 0)
        errno = EIO;
    return -1;
}

int output_close(struct output *output, int is_whole, struct message *message)
{
    int result = is_whole ? flush(output->stream) : 0;

    if (result == 0 && is_whole && output->temporary != NULL)
        result = fsync(fileno(output->stream));
    if (result != 0)
        cannot_write(output->path, message);
    if (output->stream != stdout && fclose(output->stream) != 0 && result == 0 && is_whole)
        result = cannot_write(output->path, message);
    if (output->temporary == NULL)
        return result;
    if (result == 0 && is_whole && rename(output->temporary, output->path) != 0)
        result = cannot_write(output->path, message);
    if (result != 0 || !is_whole)
        unlink(output->temporary);
    interrupt_remove(NULL);
    free(output->temporary);
    return result;
}

int output_discard(const char *path)
{
    return !is_special(path) && unlink(path) == 0;
}
