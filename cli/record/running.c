/*
 * running.c - tells whether a process runs. See running.h.
 */
#include "cli/record/running.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct status {
    char state;
    unsigned long long start;
};

/* Fills STATUS from the file `stat` in DIRECTORY, of a process or a thread. Returns 0, or -1 if there is
 * none. The command's name stands before the state and may hold anything; 18 numbers stand before the start.
 */
static int status_read(struct status *status, int directory)
{
    char text[2048];
    int file = openat(directory, "stat", O_RDONLY | O_CLOEXEC);
    ssize_t size = file >= 0 ? read(file, text, sizeof text - 1) : -1;
    const char *name_end;

    if (file >= 0)
        close(file);
    text[size > 0 ? size : 0] = '\0';
    name_end = strrchr(text, ')');
    return name_end != NULL && sscanf(name_end,
                                      ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                                      "%*s %*s %llu",
                                      &status->state, &status->start) == 2
               ? 0
               : -1;
}

/* Fills STATUS of thread NAME in DIRECTORY. Returns 0, or -1 if there is none. */
static int thread_read(struct status *status, int directory, const char *name)
{
    int thread = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = thread >= 0 ? status_read(status, thread) : -1;

    if (thread >= 0)
        close(thread);
    return result;
}

unsigned long long running_start(pid_t pid)
{
    struct status status = {0, 0};
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld", (long)pid);
    return thread_read(&status, AT_FDCWD, path) == 0 ? status.start : 0;
}

/* Returns 1 if one of the THREADS runs. */
static int has_live(DIR *threads)
{
    const struct dirent *entry;
    struct status status;

    while ((entry = readdir(threads)) != NULL)
        if (entry->d_name[0] != '.' && thread_read(&status, dirfd(threads), entry->d_name) == 0 &&
            status.state != 'Z' && status.state != 'X')
            return 1;
    return 0;
}

int running_is(pid_t pid, unsigned long long start)
{
    char path[64];
    DIR *threads;
    int result;

    if (kill(pid, 0) != 0 && errno == ESRCH)
        return 0;
    if (start != 0 && running_start(pid) != start)
        return 0;
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    threads = opendir(path);
    if (threads == NULL)
        return access("/proc/self", F_OK) != 0; /* without /proc nothing more is known */
    result = has_live(threads);
    closedir(threads);
    return result;
}
