/*
 * search.c - finds the compilers behind this program. See search.h.
 */
#include "cli/build/search.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/folders.h"
#include "cli/build/names.h"

/* Returns 1 if the file at PATH is the program of this process. */
static int is_self(const char *path)
{
    struct stat file, self;

    return stat(path, &file) == 0 && stat("/proc/self/exe", &self) == 0 && file.st_ino == self.st_ino &&
           file.st_dev == self.st_dev;
}

static int is_link_to_launcher(const char *path)
{
    char *real = realpath(path, NULL);
    int result = real != NULL && names_is_launcher(names_base(real));

    free(real);
    return result;
}

struct wanted {
    const char *name;
    int is_compiler;
    int error;
    char *path;
};

static int visit_program(const char *folder, void *argument)
{
    struct wanted *wanted = argument;
    char *path;
    int error;

    if (asprintf(&path, "%s/%s", folder, wanted->name) < 0)
        return 0;
    error = folders_run_error(path);
    if (error == 0 && !is_self(path) && !(wanted->is_compiler && is_link_to_launcher(path))) {
        wanted->path = path;
        return 1;
    }
    if (error == EACCES)
        wanted->error = error;
    free(path);
    return 0;
}

char *search_program(const char *name, int is_compiler)
{
    struct wanted wanted = {.name = name, .is_compiler = is_compiler, .error = ENOENT};

    if (strchr(name, '/') != NULL) {
        errno = folders_run_error(name);
        return errno == 0 ? strdup(name) : NULL;
    }
    folders_visit(visit_program, &wanted);
    errno = wanted.error;
    return wanted.path;
}

struct left {
    const char *name;
    FILE *stream;
    int count; /* of the folders that stay */
    int has_left;
};

static int visit_other(const char *folder, void *argument)
{
    struct left *left = argument;
    char *path;

    if (asprintf(&path, "%s/%s", folder, left->name) < 0)
        return -1;
    if (is_self(path))
        left->has_left = 1;
    else
        fprintf(left->stream, "%s%s", left->count++ > 0 ? ":" : "", folder);
    free(path);
    return 0;
}

int search_leave(const char *name)
{
    char *path = NULL;
    size_t size;
    struct left left = {.name = name, .stream = open_memstream(&path, &size)};
    int result = left.stream != NULL ? folders_visit(visit_other, &left) : -1;

    if (left.stream != NULL && fclose(left.stream) != 0)
        result = -1;
    if (result == 0 && left.has_left)
        result = setenv("PATH", path, 1);
    free(path);
    return result;
}
