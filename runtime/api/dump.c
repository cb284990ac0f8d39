/*
 * dump.c - saves and prints profiles while the program runs, for profile.h.
 *
 * A dump is a copy of the image. Its header says which profile it is about. The command stats replaces the
 * dump by a finished profile, which Python reads too, or prints it. If the command is not found the dump
 * stays as it is. stats can read it later.
 *
 * Writing is not a slow path, because the program has asked for it. It goes through libc, and the events of
 * signal handlers and other threads are recorded meanwhile.
 */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <link.h>
#include <sys/auxv.h>

#include "clock.h"
#include "runtime/api/profiles.h"
#include "runtime/core/modules.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/format/image.h"
#include "runtime/format/text.h"
#include "runtime/hooks/start.h"
#include "runtime/life/profile_state.h"
#include "runtime/life/thread.h"
#include "runtime/system/system.h"
#include "runtime/timers/timer.h"

static const struct failure no_path = {EINVAL, "the path is NULL"};
static const struct failure no_stream = {EINVAL, "the stream is NULL"};
static const struct failure no_regular_file = {EINVAL, "the path is not a regular file"};
static const struct failure path_too_long = {ENAMETOOLONG, "the path is too long"};
static const struct failure no_stats = {ENOENT,
                                        "the command stats was not found: set PROFILE_STATS to its path"};
static const struct failure wrong_sort = {EINVAL, "unknown sort key"};
static const struct failure stats_failed = {EIO, "stats could not print the profile"};

/* Returns a failure to write the file with errno ERROR. The next call in this thread overwrites it. */
static const struct failure *failure_of_system(int error)
{
    static __thread struct failure failure __attribute__((tls_model("initial-exec")));

    failure = (struct failure){error, "the file could not be written"};
    return &failure;
}

/* ---- the copy ---- */

/* Changes HEADER, a copy of the image's, to that of a file about PROFILE. */
static void header_fill(struct image_header *header, struct profile *profile)
{
    header->profile = profiles_number(profile);
    if (profile->timer == NULL)
        return;
    header->reads = IMAGE_READS_EVERY;
    header->costs = (struct image_costs){0};
    header->timer = IMAGE_TIMER_CUSTOM;
    header->timer_missing = 0;
    header->timer_tick = profile->unit > 0 ? profile->unit * 1e9 : 1;
    memset(header->unit, 0, sizeof header->unit);
    if (!(profile->unit > 0))
        memcpy(header->unit, "ticks", sizeof "ticks");
}

/* Writes SIZE bytes of DATA. Returns 0, or -1 and sets errno. */
static int write_all(int descriptor, const char *data, uint64_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, data, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        data += written;
        size -= (uint64_t)written;
    }
    return 0;
}

/* Writes a copy of the image for PROFILE, or for the whole process if that is NULL. Returns 0, or -1 and sets
 * errno. */
static int image_write(struct process *process, struct profile *profile, int descriptor)
{
    char page[IMAGE_HEADER_SIZE] __attribute__((aligned(IMAGE_UNIT)));
    struct image_header *header = (struct image_header *)page;
    struct slow slow;

    if (slow_enter(&slow) != 0) {
        errno = EDEADLK;
        return -1;
    }
    threads_read_names(process);
    process_anchor(process);
    thread_note_timer();
    memcpy(header, process->base, IMAGE_HEADER_SIZE);
    if (profile != NULL)
        header_fill(header, profile);
    slow_leave(&slow);
    if (write_all(descriptor, page, sizeof page) != 0)
        return -1;
    return write_all(descriptor, process->base + sizeof page, header->used - sizeof page);
}

/* Appends the process id and the time to PATH, which make it a new name. Returns its length. */
static size_t append_unique(char *path, size_t length)
{
    length = append(path, PATH_MAX, length, ".");
    length = append_number(path, PATH_MAX, length, system_pid());
    length = append(path, PATH_MAX, length, ".");
    length = append_number(path, PATH_MAX, length, timer_clock());
    return append(path, PATH_MAX, length, ".tmp");
}

/* Makes the file PATH with a copy of the image. Removes it on failure. */
static const struct failure *copy_to(struct process *process, struct profile *profile, const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    int result = descriptor >= 0 ? image_write(process, profile, descriptor) : -1;
    int error = errno;

    if (descriptor >= 0 && close(descriptor) != 0 && result == 0) {
        result = -1;
        error = errno;
    }
    if (result == 0)
        return NULL;
    if (descriptor >= 0)
        unlink(path);
    return failure_of_system(error);
}

/* ---- the command stats ---- */

/* An address and the library that holds it. */
struct place {
    uint64_t address;
    char path[PATH_MAX]; /* of the library; "" if the program holds the address */
};

static int place_visit(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct place *place = argument;

    (void)size;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uint64_t start = info->dlpi_addr + segment->p_vaddr;

        if (segment->p_type != PT_LOAD || place->address < start ||
            place->address - start >= segment->p_memsz)
            continue;
        append(place->path, sizeof place->path, 0, info->dlpi_name);
        return 1;
    }
    return 0;
}

/* Fills PATH with the path of NAME in the directory of LIBRARY. Returns 1 if that is an executable file. */
static int is_beside(const char *library, const char *name, char path[PATH_MAX])
{
    size_t length = (size_t)(strrchr(library, '/') + 1 - library);

    memcpy(path, library, length);
    path[length] = '\0';
    append(path, PATH_MAX, length, name);
    return access(path, X_OK) == 0;
}

/* Fills PATH with the path of stats, or with its name, for a search in the PATH of the environment. */
static void stats_find(char path[PATH_MAX])
{
    struct place place = {.address = (uint64_t)stats_find};
    const char *setting = getenv("PROFILE_STATS");

    if (setting != NULL && *setting != '\0') {
        path[0] = '\0';
        append(path, PATH_MAX, 0, setting);
        return;
    }
    modules_visit(place_visit, &place);
    if (strchr(place.path, '/') != NULL &&
        (is_beside(place.path, "stats", path) || is_beside(place.path, "../bin/stats", path)))
        return;
    append(path, PATH_MAX, 0, "stats");
}

/* Makes DESCRIPTOR the descriptor NUMBER of the process to start, or /dev/null if DESCRIPTOR is -1. */
static void redirect(posix_spawn_file_actions_t *actions, int descriptor, int number)
{
    if (descriptor >= 0)
        posix_spawn_file_actions_adddup2(actions, descriptor, number);
    else
        posix_spawn_file_actions_addopen(actions, number, "/dev/null", O_WRONLY, 0);
}

/* Starts stats with ARGUMENTS, and sets the first to its path. Its standard output is OUTPUT, and its
 * standard error is ERRORS; each is /dev/null if it is -1. Returns the process, or -1. A program that has
 * more privileges than its user starts nothing. */
static pid_t stats_start(char **arguments, int output, int errors)
{
    posix_spawn_file_actions_t actions;
    char path[PATH_MAX];
    pid_t child = -1;

    if (getauxval(AT_SECURE) != 0 || posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    stats_find(path);
    arguments[0] = path;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    redirect(&actions, output, STDOUT_FILENO);
    redirect(&actions, errors, STDERR_FILENO);
    if (posix_spawnp(&child, path, &actions, NULL, arguments, environ) != 0)
        child = -1;
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* Waits for the process CHILD. Returns its exit status, or -1 if it did not exit. Returns 0 if the program
 * itself has waited for it. */
static int stats_wait(pid_t child)
{
    int status = 0;
    pid_t result;

    do
        result = waitpid(child, &status, 0);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        return errno == ECHILD ? 0 : -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Replaces the image PATH by a finished profile. On failure the image stays: stats replaces whole files. */
static void stats_finish(char *path)
{
    char save[] = "--save", end[] = "--";
    char *arguments[] = {NULL, save, path, end, path, NULL};
    pid_t child = stats_start(arguments, -1, -1);

    if (child > 0)
        stats_wait(child);
}

/* Copies a report from DESCRIPTOR to STREAM, without its title, which names the temporary file. */
static void report_copy(int descriptor, FILE *stream)
{
    char buffer[4096];
    int newlines = 0; /* read in a row; two end the title */
    ssize_t got;

    while ((got = read(descriptor, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)) {
        ssize_t start = 0;

        while (start < got && newlines < 2)
            newlines = buffer[start++] == '\n' ? newlines + 1 : 0;
        if (start < got)
            fwrite(buffer + start, 1, (size_t)(got - start), stream);
    }
}

/* Copies the file ERRORS, which stats has written, to standard error. */
static void errors_copy(int errors)
{
    char buffer[4096];
    off_t place = 0;
    ssize_t got;

    while ((got = pread(errors, buffer, sizeof buffer, place)) > 0) {
        if (write_all(STDERR_FILENO, buffer, (uint64_t)got) != 0)
            return;
        place += got;
    }
}

/* Prints the image PATH to STREAM, ordered by SORT. Returns NULL, or the failure. Drops the message of stats
 * about a wrong SORT, because it names an option that nobody has typed. */
static const struct failure *stats_print(char *path, char *sort, FILE *stream)
{
    char option[] = "--sort", no_pager[] = "--no-pager", end[] = "--";
    char *arguments[] = {NULL, option, sort, no_pager, end, path, NULL};
    int ends[2], errors, status;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return failure_of_system(errno);
    errors = memfd_create("stats", MFD_CLOEXEC);
    child = stats_start(arguments, ends[1], errors >= 0 ? errors : STDERR_FILENO);
    close(ends[1]);
    if (child > 0)
        report_copy(ends[0], stream);
    close(ends[0]);
    status = child > 0 ? stats_wait(child) : 127;
    if (errors > STDERR_FILENO && status != 2) /* it is standard error itself if all three were closed */
        errors_copy(errors);
    if (errors >= 0)
        close(errors);
    if (status == 0)
        return ferror(stream) ? failure_of_system(EIO) : NULL;
    return status == 127 ? &no_stats : status == 2 ? &wrong_sort : &stats_failed;
}

/* ---- the functions for profile.h ---- */

/* Starts the process if need be. Returns it, or NULL if it can record nothing. */
static struct process *start_process(void)
{
    struct process *process;
    struct slow slow;

    if (slow_enter(&slow) != 0) /* the caller is a timer of the program's, in a hook */
        return process_self();
    process = process_start();
    slow_leave(&slow);
    return process;
}

const struct failure *dump_to(struct profile *profile, const char *path)
{
    struct process *process = start_process();
    const struct failure *failure;
    char temporary[PATH_MAX], target[PATH_MAX];
    struct stat status;
    size_t length;

    if (path == NULL)
        return &no_path;
    if (process == NULL)
        return &failure_no_image;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return &no_regular_file;
    length = append(target, sizeof target, 0, path);
    if (length == 0 || length > sizeof target - 64)
        return *path == '\0' ? failure_of_system(ENOENT) : &path_too_long;
    memcpy(temporary, target, length + 1);
    append_unique(temporary, length);
    if ((failure = copy_to(process, profile, temporary)) != NULL)
        return failure;
    if (rename(temporary, target) != 0) {
        failure = failure_of_system(errno);
        unlink(temporary);
        return failure;
    }
    stats_finish(target);
    return NULL;
}

const struct failure *dump_print(struct profile *profile, FILE *stream, const char *sort)
{
    const char *directory = getenv("TMPDIR");
    struct process *process = start_process();
    const struct failure *failure;
    char path[PATH_MAX], key[256] = "cumulative";
    size_t length;

    if (stream == NULL)
        return &no_stream;
    if (process == NULL)
        return &failure_no_image;
    if (sort != NULL) {
        key[0] = '\0';
        append(key, sizeof key, 0, sort);
    }
    length = append(path, sizeof path - 64, 0, directory != NULL && *directory == '/' ? directory : "/tmp");
    append_unique(path, append(path, sizeof path, length, "/profile"));
    if ((failure = copy_to(process, profile, path)) != NULL)
        return failure;
    failure = stats_print(path, key, stream);
    unlink(path);
    return failure;
}
