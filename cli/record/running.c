/*
 * running.c - tells whether a process runs. See running.h.
 */
#include "cli/record/running.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct status {
    char state;
    long parent;
    unsigned long long start;
};

/* Fills STATUS from the file `stat` in DIRECTORY, of a process or a thread. Returns 0, or -1 if there is
 * none. The command's name stands before the state and may hold anything; 17 numbers stand before the start.
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
                                      ") %c %ld %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                                      "%*s %*s %llu",
                                      &status->state, &status->parent, &status->start) == 3
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

/* Returns the status of process PID, all zeros if there is none. */
static struct status process_read(pid_t pid)
{
    struct status status = {0, 0, 0};
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld", (long)pid);
    return thread_read(&status, AT_FDCWD, path) == 0 ? status : (struct status){0, 0, 0};
}

unsigned long long running_start(pid_t pid)
{
    return process_read(pid).start;
}

pid_t running_parent(pid_t pid)
{
    return (pid_t)process_read(pid).parent;
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

/* Returns 1 if process PID maps a file whose path begins with DIRECTORY and a slash. */
static int maps(long pid, const char *directory)
{
    size_t length = strlen(directory), capacity = 0;
    char name[64], *line = NULL;
    const char *path;
    int found = 0;
    FILE *file;

    snprintf(name, sizeof name, "/proc/%ld/maps", pid);
    if ((file = fopen(name, "re")) == NULL)
        return 0;
    while (!found && getline(&line, &capacity, file) > 0)
        found = (path = strchr(line, '/')) != NULL && strncmp(path, directory, length) == 0 &&
                path[length] == '/';
    free(line);
    fclose(file);
    return found;
}

/* Returns 1 if NAME in /proc is another process of this user, started at START or later. */
static int is_candidate(DIR *processes, const char *name, unsigned long long start)
{
    struct stat owner;
    struct status status;

    return name[0] >= '1' && name[0] <= '9' && strtol(name, NULL, 10) != getpid() &&
           fstatat(dirfd(processes), name, &owner, 0) == 0 && owner.st_uid == geteuid() &&
           thread_read(&status, dirfd(processes), name) == 0 && status.start >= start;
}

size_t running_users(const char *directory, unsigned long long start)
{
    DIR *processes = opendir("/proc");
    const struct dirent *entry;
    size_t count = 0;

    while (processes != NULL && (entry = readdir(processes)) != NULL)
        if (is_candidate(processes, entry->d_name, start) && maps(strtol(entry->d_name, NULL, 10), directory))
            count++;
    if (processes != NULL)
        closedir(processes);
    return count;
}
