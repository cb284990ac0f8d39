/*
 * points.c - finds functions by name in a program and its libraries. See points.h.
 *
 * The program's own loader lists the libraries that it would load (ld.so --list), and runs nothing of the
 * program. Files are identified by device and inode, for the runtime may know them by other paths.
 */
#include "cli/record/points.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/strings.h"
#include "runtime/format/points_file.h"
#include "symbolizer/symbolizer.h"

extern char **environ;

/* Fills LOADER with the loader that the program at PATH asks for, or with "" if it asks for none. */
static void read_loader(const char *path, char loader[PATH_MAX])
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ElfW(Ehdr) header;
    ElfW(Phdr) segment;

    memset(loader, 0, PATH_MAX);
    if (descriptor < 0)
        return;
    if (pread(descriptor, &header, sizeof header, 0) == (ssize_t)sizeof header &&
        memcmp(header.e_ident, ELFMAG, SELFMAG) == 0)
        for (unsigned i = 0; i < header.e_phnum; i++)
            if (pread(descriptor, &segment, sizeof segment, (off_t)(header.e_phoff + i * sizeof segment)) ==
                    (ssize_t)sizeof segment &&
                segment.p_type == PT_INTERP && segment.p_filesz < PATH_MAX &&
                pread(descriptor, loader, segment.p_filesz, (off_t)segment.p_offset) < 0)
                loader[0] = '\0';
    close(descriptor);
}

/* Starts LOADER to list the libraries of PATH. Returns the stream to read the list from, or NULL if it cannot
 * be started. */
static FILE *loader_start(char *loader, const char *path, pid_t *pid)
{
    char list[] = "--list", *words[] = {loader, list, (char *)path, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], error;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    error = posix_spawn(pid, loader, &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error == 0)
        return fdopen(ends[0], "r");
    close(ends[0]);
    return NULL;
}

/* Adds the library in a LINE of the loader's list, "NAME => PATH (ADDRESS)"; other lines have none. */
static int add_library(struct strings *paths, const char *line)
{
    const char *path = strstr(line, " => /");
    const char *end = path != NULL ? strstr(path, " (0x") : NULL;

    return end != NULL ? strings_add(paths, path + 4, (size_t)(end - path) - 4) : 0;
}

/* Adds the libraries that the loader of PROGRAM lists. Returns 0, or -1 without memory. */
static int add_libraries(struct strings *paths, const char *program)
{
    char loader[PATH_MAX], *line = NULL;
    size_t capacity = 0;
    FILE *stream;
    pid_t pid;
    int result = 0;

    read_loader(program, loader);
    if (loader[0] == '\0' || (stream = loader_start(loader, program, &pid)) == NULL)
        return 0;
    while (result == 0 && getline(&line, &capacity, stream) > 0)
        result = add_library(paths, line);
    free(line);
    fclose(stream);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return result;
}

/* Writes the places of the function NAME in the files. Returns their number. */
static size_t write_point(FILE *stream, const char *kind, const char *name, const struct strings *paths)
{
    uint64_t addresses[POINTS_MAX];
    struct stat status;
    size_t found = 0;

    for (size_t i = 0; i < paths->count && found < POINTS_MAX; i++) {
        size_t count = symbolizer_find(paths->items[i], name, addresses, POINTS_MAX - found);

        if (stat(paths->items[i], &status) != 0)
            continue;
        for (size_t j = 0; j < count; j++)
            fprintf(stream, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", kind, addresses[j],
                    (uint64_t)status.st_dev, (uint64_t)status.st_ino);
        found += count;
    }
    return found;
}

static void warn_of(void (*warn)(const char *text), const char *option, const char *name, const char *path,
                    const char *outcome)
{
    struct message warning;

    message_set(&warning, "--%s: neither %s nor a library that it needs has a function '%s': %s", option,
                path, name, outcome);
    warn(warning.text);
}

/* Writes to STREAM where the functions are in the program at PATH and its libraries. Returns 0, or -1 without
 * memory. */
static int write_points(FILE *stream, const struct points *points, const char *path,
                        void (*warn)(const char *text))
{
    struct strings paths = {0};
    int result = -1;

    if (strings_add(&paths, path, strlen(path)) != 0 || add_libraries(&paths, path) != 0)
        goto end;
    if (points->start != NULL && write_point(stream, POINTS_START, points->start, &paths) == 0)
        warn_of(warn, "start-at", points->start, path,
                "nothing will be recorded until profile ctl says resume");
    if (points->stop != NULL && write_point(stream, POINTS_STOP, points->stop, &paths) == 0)
        warn_of(warn, "stop-at", points->stop, path, "recording will not stop");
    result = 0;
end:
    strings_free(&paths);
    return result;
}

int points_write(const struct points *points, const char *path, const struct spool *spool,
                 void (*warn)(const char *text), struct message *message)
{
    char file[PATH_MAX + sizeof "/" POINTS_FILE];
    FILE *stream;
    int result;

    if (points->start == NULL && points->stop == NULL)
        return 0;
    snprintf(file, sizeof file, "%s/" POINTS_FILE, spool->path);
    if ((stream = fopen(file, "wxe")) == NULL)
        return message_set(message, "cannot write to %s: %s", spool->path, strerror(errno));
    result = write_points(stream, points, path, warn);
    if (fclose(stream) != 0 || result != 0)
        return message_set(message, "cannot write to %s: %s", spool->path,
                           strerror(result != 0 ? ENOMEM : errno));
    return 0;
}
