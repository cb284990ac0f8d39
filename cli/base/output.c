/*
 * output.c - the file that the profile is written to. See output.h.
 */
#include "cli/base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files/prof_file.h"

static int cannot_write(const char *path, struct message *message)
{
    return message_set(message, "cannot write %s: %s", path, strerror(errno));
}

/* The file that a symbolic link leads to, for the link is not to be replaced: PATH itself if it is none. */
static char *follow_link(char *path)
{
    struct stat status;
    char *target;

    if (strncmp(path, "/dev/", 5) == 0 || lstat(path, &status) != 0 || !S_ISLNK(status.st_mode) ||
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

/* Opens a new file beside PATH; its name, to be freed, goes into *TEMPORARY. */
static int open_beside(const char *path, char **temporary)
{
    int descriptor;

    if (asprintf(temporary, "%s.XXXXXX", path) < 0) {
        *temporary = NULL;
        return -1;
    }
    descriptor = mkostemp(*temporary, O_CLOEXEC);
    if (descriptor < 0) {
        free(*temporary);
        *temporary = NULL;
    }
    return descriptor;
}

/* Is PATH there, and something that cannot be replaced by a rename? A directory is, and fails to open; and so
 * is a name that the kernel makes for an open file. */
static int is_special(const char *path)
{
    struct stat status;

    return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0 ||
           (stat(path, &status) == 0 && !S_ISREG(status.st_mode));
}

int output_check(const char *path, struct message *message)
{
    char *temporary = NULL;
    int special = is_special(path);
    int descriptor = special ? open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK) : open_beside(path, &temporary);

    if (descriptor < 0)
        return cannot_write(path, message);
    close(descriptor);
    if (temporary != NULL)
        unlink(temporary);
    free(temporary);
    return 0;
}

/* What is to be written: a profile, or bytes. */
struct content {
    const struct profile *profile;
    const void *bytes;
    size_t size;
};

static int write_content(const struct content *content, FILE *stream, struct message *message)
{
    if (content->profile != NULL)
        return prof_write(content->profile, stream, message);
    fwrite(content->bytes, 1, content->size, stream);
    return 0;
}

static int write_all(int descriptor, const struct content *content, int is_regular, struct message *message)
{
    FILE *stream = fdopen(descriptor, "wb");
    int result;

    if (stream == NULL) {
        close(descriptor);
        return -1;
    }
    result = write_content(content, stream, message);
    if (result == 0 && (fflush(stream) != 0 || ferror(stream) || (is_regular && fsync(descriptor) != 0)))
        result = -1;
    if (fclose(stream) != 0)
        result = -1;
    return result;
}

/* Gives the new file the permissions that the old one has, or that any new file gets. */
static void set_mode(int descriptor, const char *path)
{
    struct stat status;
    mode_t mask = umask(0);

    umask(mask);
    fchmod(descriptor, stat(path, &status) == 0 ? status.st_mode & 0777 : 0666 & ~mask);
}

static int replace(const char *path, const struct content *content, struct message *message)
{
    char *temporary = NULL;
    int special = is_special(path);
    int descriptor = special ? open(path, O_WRONLY | O_TRUNC | O_CLOEXEC) : open_beside(path, &temporary);
    int result;

    if (descriptor < 0)
        return cannot_write(path, message);
    if (!special)
        set_mode(descriptor, path);
    message->text[0] = '\0';
    result = write_all(descriptor, content, !special, message);
    if (result == 0 && !special)
        result = rename(temporary, path);
    if (result != 0 && message->text[0] == '\0')
        cannot_write(path, message);
    if (result != 0 && temporary != NULL)
        unlink(temporary);
    free(temporary);
    return result;
}

int output_write(const char *path, const struct profile *profile, struct message *message)
{
    return replace(path, &(struct content){.profile = profile}, message);
}

int output_write_bytes(const char *path, const void *bytes, size_t size, struct message *message)
{
    return replace(path, &(struct content){.bytes = bytes, .size = size}, message);
}
