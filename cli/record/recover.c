/*
 * recover.c - spools that a launcher left behind. See recover.h.
 *
 * The launcher holds a lock on the note in its spool for as long as it lives (runtime/format/spool.h).
 */
#include "cli/record/recover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/record/running.h"
#include "runtime/format/spool.h"

static int note_path(const struct spool *spool, char path[PATH_MAX])
{
    return snprintf(path, PATH_MAX, "%s/" SPOOL_NOTE, spool->path) < PATH_MAX ? 0 : -1;
}

int recover_note(struct spool *spool, pid_t program, const char *out, struct message *message)
{
    char path[PATH_MAX];
    int descriptor = note_path(spool, path) == 0
                         ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)
                         : -1;

    if (descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) != 0 ||
        dprintf(descriptor, "%ld %llu\n%s", (long)program, running_start(program), out != NULL ? out : "") <
            0) {
        message_set(message, "cannot write to %s: %s", spool->path, strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        return -1;
    }
    return 0; /* the descriptor stays open, and with it the lock */
}

static int parse_note(struct leftover *leftover, const char *text, size_t size)
{
    char *copy = strndup(text, size);
    char *end = copy;
    long pid = copy != NULL ? strtol(copy, &end, 10) : 0;
    unsigned long long start = pid > 0 && *end == ' ' ? strtoull(end + 1, &end, 10) : 0;
    int result = pid > 0 && *end == '\n' ? 0 : -1;

    if (result == 0) {
        leftover->program = (pid_t)pid;
        leftover->start = start;
        leftover->out = end[1] != '\0' ? strdup(end + 1) : NULL;
    }
    free(copy);
    return result;
}

/* Returns 1 if PATH is a directory that only this user can write to. */
static int is_own(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Fills LEFTOVER from the note at PATH in DIRECTORY. Returns 0, or -1 and fills MESSAGE if there is nothing
 * to recover. */
static int read_note(struct leftover *leftover, const char *path, const char *directory,
                     struct message *message)
{
    unsigned char *text = NULL;
    size_t size;
    int result;

    if (file_read_own(path, &text, &size, message) != 0)
        return -1;
    result = parse_note(leftover, (const char *)text, size);
    free(text);
    if (result != 0)
        return message_set(message, "%s is damaged: its note makes no sense", directory);
    if (running_is(leftover->program, leftover->start))
        return message_set(message,
                           "the program of %s is still running, as process %ld: try again when it has ended",
                           directory, (long)leftover->program);
    return 0;
}

enum { IN_USE = 1 };

/* Fills LEFTOVER from DIRECTORY. Returns 0, or -1 and fills MESSAGE if there is nothing to recover. Returns
 * IN_USE and fills MESSAGE if its profile command still lives. */
static int take(struct leftover *leftover, const char *directory, struct message *message)
{
    char path[PATH_MAX];
    int descriptor;

    if (access(directory, F_OK) != 0)
        return message_set(message, "cannot read %s: %s", directory, strerror(errno));
    if (!is_own(directory))
        return message_set(message,
                           "%s holds nothing to recover: it is not a directory that only you can write to",
                           directory);
    snprintf(leftover->spool.path, sizeof leftover->spool.path, "%s", directory);
    if (note_path(&leftover->spool, path) != 0 ||
        (descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) < 0)
        return message_set(message, "%s holds nothing to recover", directory);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        close(descriptor);
        message_set(message, "%s is in use: its profile command is still at work", directory);
        return IN_USE;
    }
    if (read_note(leftover, path, directory, message) == 0)
        return 0; /* the descriptor stays open, and with it the lock */
    close(descriptor);
    free(leftover->out);
    leftover->out = NULL;
    return -1;
}

/* Fills LEFTOVER from a directory in PARENT. Returns 0, or -1; then fills MESSAGE if there is one whose
 * program still runs. */
static int search(struct leftover *leftover, const char *parent, struct message *message)
{
    DIR *directory = opendir(parent);
    const struct dirent *entry;
    struct message problem;
    char path[PATH_MAX];
    int result = -1;

    while (result != 0 && directory != NULL && (entry = readdir(directory)) != NULL)
        if (snprintf(path, sizeof path, "%s/%s", parent, entry->d_name) < (int)sizeof path &&
            strncmp(entry->d_name, SPOOL_PREFIX, sizeof SPOOL_PREFIX - 1) == 0 && is_own(path)) {
            result = take(leftover, path, &problem);
            if (result == -1)
                *message = problem;
        }
    if (directory != NULL)
        closedir(directory);
    return result == 0 ? 0 : -1;
}

int recover_find(struct leftover *leftover, const char *directory, struct message *message)
{
    const char *temporary = getenv("TMPDIR");

    memset(leftover, 0, sizeof *leftover);
    if (directory != NULL)
        return take(leftover, directory, message) == 0 ? 0 : -1;
    message_set(message, "there is nothing to recover");
    if (search(leftover, "/dev/shm", message) == 0 ||
        (temporary != NULL && search(leftover, temporary, message) == 0))
        return 0;
    return search(leftover, "/tmp", message);
}
