/*
 * folders.c - the folders of $PATH, and whether a program in them can run. See folders.h.
 */
#include "cli/base/folders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int folders_visit(int (*visit)(const char *folder, void *argument), void *argument)
{
    const char *next = getenv("PATH");
    int result = 0;

    if (next == NULL)
        next = "/usr/local/bin:/usr/bin:/bin";
    while (result == 0 && next != NULL) {
        size_t length = strcspn(next, ":");
        char *folder = length > 0 ? strndup(next, length) : strdup(".");

        result = folder != NULL ? visit(folder, argument) : 0;
        free(folder);
        next = next[length] == ':' ? next + length + 1 : NULL;
    }
    return result;
}

int folders_run_error(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return errno;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    return access(path, X_OK) == 0 ? 0 : errno;
}
