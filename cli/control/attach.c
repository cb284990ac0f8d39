/*
 * attach.c - finds the image of a process among the files that it maps. See attach.h.
 *
 * The files are not trusted. Only a regular file that belongs to the process's user and has the header of the
 * process's image is used.
 */
#include "cli/control/attach.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/record/clock.h"
#include "runtime/format/spool.h"

/* Checks that process PID exists and is ours, and sets *USER to its owner. Returns 0, or -1 and fills
 * MESSAGE. */
static int check_process(pid_t pid, uid_t *user, struct message *message)
{
    char path[64];
    struct stat status;

    snprintf(path, sizeof path, "/proc/%ld", (long)pid);
    if (stat(path, &status) != 0)
        return message_set(message, "there is no process %ld", (long)pid);
    if (status.st_uid != geteuid() && geteuid() != 0)
        return message_set(message, "process %ld is not yours", (long)pid);
    *user = status.st_uid;
    return 0;
}

/* Returns the program that PID runs, or 0 if PID is not a profile command. A profile command keeps the note
 * in its spool open (cli/record/recover.c). */
static pid_t program_of(pid_t pid)
{
    char path[PATH_MAX], target[PATH_MAX];
    const struct dirent *entry;
    long program = 0;
    DIR *directory;

    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    directory = opendir(path);
    while (program == 0 && directory != NULL && (entry = readdir(directory)) != NULL) {
        ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);
        FILE *note;

        target[length > 0 ? length : 0] = '\0';
        if (strstr(target, "/" SPOOL_PREFIX) == NULL || strcmp(strrchr(target, '/'), "/" SPOOL_NOTE) != 0 ||
            (note = fopen(target, "re")) == NULL)
            continue;
        if (fscanf(note, "%ld", &program) != 1)
            program = 0;
        fclose(note);
    }
    if (directory != NULL)
        closedir(directory);
    return (pid_t)program;
}

/* Opens PATH and reads its header. Returns the descriptor, or -1 if PATH is not the image of the process. */
static int open_image(const struct live *live, const char *path, uid_t user, struct image_header *header,
                      off_t *size)
{
    int descriptor = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;

    if (descriptor < 0)
        return -1;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == user &&
        pread(descriptor, header, sizeof *header, 0) == (ssize_t)sizeof *header &&
        memcmp(header->magic, IMAGE_MAGIC, sizeof header->magic) == 0 && header->pid == (uint32_t)live->pid) {
        *size = status.st_size;
        return descriptor;
    }
    close(descriptor);
    return -1;
}

/* Maps the gate of an image of SIZE bytes. Returns 0, or 1 and fills MESSAGE. */
static int map_gate(struct live *live, int descriptor, const struct image_header *header, off_t size,
                    struct message *message)
{
    off_t offset = (off_t)header->gate * IMAGE_UNIT;
    void *memory = MAP_FAILED;

    if (header->version != IMAGE_VERSION) {
        message_set(message, "process %ld was started by another version of profile: use that one",
                    (long)live->pid);
        return 1;
    }
    if (header->gate != 0 && offset % IMAGE_GATE_SIZE == 0 && offset <= size - IMAGE_GATE_SIZE)
        memory = mmap(NULL, IMAGE_GATE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, offset);
    if (memory == MAP_FAILED) {
        message_set(message,
                    "process %ld cannot be controlled: the memory for requests cannot be shared with it",
                    (long)live->pid);
        return 1;
    }
    live->gate = memory;
    return 0;
}

/* Takes the image in PATH. Returns 0; -1 if it is not that of the process; 1 and fills MESSAGE if it cannot
 * be used. */
static int take(struct live *live, const char *path, uid_t user, struct message *message)
{
    struct image_header header;
    off_t size;
    int descriptor = open_image(live, path, user, &header, &size), result;

    if (descriptor < 0)
        return -1;
    result = map_gate(live, descriptor, &header, size, message);
    live->clock = header.clock;
    snprintf(live->path, sizeof live->path, "%s", path);
    close(descriptor);
    return result;
}

/* Returns the path in LINE, of /proc/PID/maps, if the file may be an image, or NULL. An image is mapped
 * shared and from its beginning. Changes LINE. */
static char *mapped_path(char *line)
{
    unsigned long long start, end, offset, inode;
    char flags[8], device[32];
    int place = 0;
    struct stat status;

    line[strcspn(line, "\n")] = '\0';
    if (sscanf(line, "%llx-%llx %7s %llx %31s %llu %n", &start, &end, flags, &offset, device, &inode,
               &place) != 6 ||
        place == 0 || strcmp(flags, "rw-s") != 0 || offset != 0 || line[place] != '/')
        return NULL;
    /* Do not open a device: that may have effects. */
    return stat(line + place, &status) == 0 && S_ISREG(status.st_mode) && status.st_ino == inode
               ? line + place
               : NULL;
}

/* Searches the files that thread THREAD of the process maps for the process's image. Returns 0, or non-zero
 * and fills MESSAGE: -1 if it maps none, or has ended. */
static int search_thread(struct live *live, const char *thread, uid_t user, struct message *message)
{
    char name[320], *line = NULL, *path;
    size_t capacity = 0;
    int result = -1;
    FILE *maps;

    snprintf(name, sizeof name, "/proc/%ld/task/%s/maps", (long)live->pid, thread);
    if ((maps = fopen(name, "re")) == NULL) {
        message_set(message, "cannot inspect process %ld: %s", (long)live->pid, strerror(errno));
        return errno == ENOENT ? -1 : 1;
    }
    /* A thread that has ended maps nothing, so the loop makes no turn. */
    while (result == -1 && getline(&line, &capacity, maps) > 0) {
        message_set(message, "process %ld is not being profiled, or has made no call yet", (long)live->pid);
        if ((path = mapped_path(line)) != NULL)
            result = take(live, path, user, message);
    }
    free(line);
    fclose(maps);
    return result;
}

/* Searches the files that the process maps for its image: the first thread may have ended. Returns 0, or
 * non-zero and fills MESSAGE. */
static int search(struct live *live, uid_t user, struct message *message)
{
    char path[64];
    const struct dirent *entry;
    DIR *threads;
    int result = -1;

    snprintf(path, sizeof path, "/proc/%ld/task", (long)live->pid);
    threads = opendir(path);
    message_set(message, "process %ld has ended", (long)live->pid);
    while (result == -1 && threads != NULL && (entry = readdir(threads)) != NULL)
        if (entry->d_name[0] != '.')
            result = search_thread(live, entry->d_name, user, message);
    if (threads != NULL)
        closedir(threads);
    return result;
}

int live_open(struct live *live, pid_t pid, struct message *message)
{
    pid_t program;
    uid_t user = 0;

    *live = (struct live){.pid = pid};
    if (check_process(pid, &user, message) != 0)
        return -1;
    if ((program = program_of(pid)) != 0) {
        live->pid = program;
        if (check_process(program, &user, message) != 0)
            return -1;
    }
    return search(live, user, message);
}

uint64_t live_now(const struct live *live)
{
    struct image_anchor now = clock_anchor();

    return live->clock == IMAGE_CLOCK_MONOTONIC ? now.monotonic : now.ticks;
}

void live_close(struct live *live)
{
    if (live->gate != NULL)
        munmap(live->gate, IMAGE_GATE_SIZE);
    live->gate = NULL;
}
