/*
 * spool.c - the launcher's private directory. See spool.h.
 */
#include "cli/record/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/base/array.h"
#include "cli/base/file.h"
#include "cli/files/image_load.h"
#include "cli/record/clock.h"
#include "cli/record/running.h"
#include "runtime/format/spool.h"

/* Bytes that /dev/shm must have free for images to go there: enough for most programs, and a small part of
 * what a tmpfs may take. */
static const unsigned long long memory_room = 256ull << 20;

static int has_room(const char *directory)
{
    struct statvfs status;

    return statvfs(directory, &status) == 0 &&
           (unsigned long long)status.f_bavail * status.f_frsize >= memory_room;
}

static int make_directory(struct spool *spool, const char *parent)
{
    int length = snprintf(spool->path, sizeof spool->path, "%s/" SPOOL_PREFIX "XXXXXX", parent);

    if (length > 0 && (size_t)length < sizeof spool->path && mkdtemp(spool->path) != NULL)
        return 0;
    spool->path[0] = '\0';
    return -1;
}

int spool_open(struct spool *spool, struct message *message)
{
    const char *parent = getenv("TMPDIR");

    if (has_room("/dev/shm") && make_directory(spool, "/dev/shm") == 0)
        return 0;
    if (parent == NULL || parent[0] != '/')
        parent = "/tmp";
    if (make_directory(spool, parent) == 0)
        return 0;
    return message_set(message, "cannot make a directory in %s: %s; set TMPDIR to one that can be written to",
                       parent, strerror(errno));
}

struct spooled {
    unsigned long pid;
    unsigned long long ticks;
    char *name;
};

/* Takes PID and TICKS out of the NAME of an image. Returns -1 if it is another file's. */
static int spooled_parse(struct spooled *image, const char *name)
{
    int length = 0;

    if (sscanf(name, "%lu.%llu" SPOOL_IMAGE_SUFFIX "%n", &image->pid, &image->ticks, &length) != 2)
        return -1;
    return length > 0 && name[length] == '\0' ? 0 : -1;
}

static int by_time(const void *left, const void *right)
{
    const struct spooled *a = left, *b = right;

    return a->ticks < b->ticks ? -1 : a->ticks > b->ticks;
}

static void spooled_free(struct spooled *images, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(images[i].name);
    free(images);
}

/* Adds the file NAME to IMAGES, if it is one. Images of process FIRST get the time 0. Returns 0, or -1
 * without memory. */
static int spool_add(const char *name, pid_t first, struct spooled **images, size_t *count)
{
    struct spooled found = {0, 0, NULL};
    struct spooled *added;

    if (spooled_parse(&found, name) != 0)
        return 0;
    if (found.pid == (unsigned long)first)
        found.ticks = 0;
    found.name = strdup(name);
    added = found.name != NULL ? ARRAY_APPEND(*images, *count) : NULL;
    if (added == NULL) {
        free(found.name);
        return -1;
    }
    *added = found;
    return 0;
}

/* Fills IMAGES with the images in SPOOL: those of process FIRST, then the others in order of time. */
static int spool_list(const struct spool *spool, pid_t first, struct spooled **images, size_t *count,
                      struct message *message)
{
    DIR *directory = opendir(spool->path);
    const struct dirent *entry;
    int result = 0;

    if (directory == NULL)
        return message_set(message, "cannot read %s: %s", spool->path, strerror(errno));
    while (result == 0 && (entry = readdir(directory)) != NULL)
        result = spool_add(entry->d_name, first, images, count);
    closedir(directory);
    if (result != 0)
        return message_set(message, "out of memory while reading %s", spool->path);
    if (*count > 1)
        qsort(*images, *count, sizeof **images, by_time);
    return 0;
}

/* Returns 1 if the process that has made image INDEX of the COUNT images has made none of the later ones. */
static int is_latest(const struct spooled *images, size_t count, size_t index)
{
    for (size_t i = index + 1; i < count; i++)
        if (images[i].pid == images[index].pid)
            return 0;
    return 1;
}

/* Writes the present command line of process PID to the SIZE bytes of its image at DATA. */
static void note_title(unsigned char *data, size_t size, unsigned long pid)
{
    struct image_header *header = (struct image_header *)data;
    char path[64], text[IMAGE_COMMAND_MAX];
    ssize_t length;
    int descriptor;

    snprintf(path, sizeof path, "/proc/%lu/cmdline", pid);
    descriptor = size >= sizeof *header ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor < 0)
        return;
    length = read(descriptor, text, sizeof text);
    close(descriptor);
    if (length > 0) {
        memcpy(header->command, text, (size_t)length);
        header->command_size = (uint32_t)length;
    }
}

/* Loads the image at PATH. PID, unless it is 0, is a process that runs: it has the present command line. */
static int spool_load_one(struct image_loader *loader, const char *path, unsigned long pid,
                          const struct image_anchor *end, int lasted, struct message *message)
{
    unsigned char *data;
    size_t size;
    int result;

    if (file_read_own(path, &data, &size, message) != 0)
        return -1;
    if (pid != 0)
        note_title(data, size, pid);
    result = image_load(loader, data, size, path, end, lasted, message);
    free(data);
    return result;
}

/* Loads the COUNT images into LOADER's profile. An image that cannot be read becomes a warning. A process
 * that still runs has lasted until NOW; the image of one that was killed tells only the last thing that it
 * did. */
static void load_listed(const struct spool *spool, const struct spooled *images, size_t count,
                        struct image_loader *loader, pid_t first, const struct image_anchor *now, int lasted)
{
    char path[PATH_MAX + 300];
    struct message problem;

    for (size_t i = 0; images != NULL && i < count; i++) {
        int is_first = images[i].pid == (unsigned long)first;
        int runs = !is_first && running_is((pid_t)images[i].pid, 0) && is_latest(images, count, i);

        snprintf(path, sizeof path, "%s/%s", spool->path, images[i].name);
        if (spool_load_one(loader, path, runs ? images[i].pid : 0, now, is_first ? lasted : runs, &problem) !=
            0)
            profile_warn(loader->profile, problem.text);
    }
}

int spool_load(const struct spool *spool, struct profile *profile, pid_t first,
               const struct image_anchor *now, int lasted, const double *bias, struct message *message)
{
    struct image_loader loader;
    struct spooled *images = NULL;
    size_t count = 0;
    int result = spool_list(spool, first, &images, &count, message);

    image_loader_open(&loader, profile);
    loader.bias = bias;
    if (result == 0)
        load_listed(spool, images, count, &loader, first, now, lasted);
    image_loader_close(&loader);
    spooled_free(images, count);
    return result;
}

/* Returns the parent that an image names; 0 if it cannot be read. */
static unsigned long parent_of(const struct spool *spool, const struct spooled *image)
{
    char path[PATH_MAX + 300];
    struct image_header header = {.parent_pid = 0};
    int descriptor;

    snprintf(path, sizeof path, "%s/%s", spool->path, image->name);
    descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0 || pread(descriptor, &header, sizeof header, 0) != (ssize_t)sizeof header)
        header.parent_pid = 0;
    if (descriptor >= 0)
        close(descriptor);
    return header.parent_pid;
}

/* Moves the images of FIRST and its descendants before the others. Returns their number. Parents stand before
 * their children in IMAGES, for they made their images earlier. */
static size_t spool_choose_family(const struct spool *spool, struct spooled *images, size_t count,
                                  pid_t first)
{
    size_t chosen = 0;

    for (size_t i = 0; i < count; i++) {
        struct spooled image = images[i];
        unsigned long parent = parent_of(spool, &image);
        int is_chosen = image.pid == (unsigned long)first;

        for (size_t j = 0; j < chosen && !is_chosen; j++)
            is_chosen = images[j].pid == parent;
        if (is_chosen) {
            images[i] = images[chosen];
            images[chosen++] = image;
        }
    }
    return chosen;
}

/* Returns 1 if FIRST is the program that the launcher of SPOOL runs. */
static int is_program(const struct spool *spool, pid_t first)
{
    char path[PATH_MAX + 16];
    long program = 0;
    FILE *note;

    snprintf(path, sizeof path, "%s/" SPOOL_NOTE, spool->path);
    if ((note = fopen(path, "re")) == NULL)
        return 0;
    if (fscanf(note, "%ld", &program) != 1)
        program = 0;
    fclose(note);
    return program == (long)first;
}

/* Returns 1 if FIRST is among the living ancestors of process PID. */
static int descends(unsigned long pid, pid_t first)
{
    pid_t ancestor = (pid_t)pid;

    while (ancestor > 1 && ancestor != first)
        ancestor = running_parent(ancestor);
    return ancestor == first;
}

/* Adds to PIDS the processes of the COUNT images that run now. The first CHOSEN images are of the tree; of
 * the others, those of processes whose ancestors show that. */
static int add_running(const struct spooled *images, size_t count, size_t chosen, pid_t first, pid_t **pids,
                       size_t *pid_count)
{
    for (size_t i = 0; i < count; i++) {
        pid_t *added;

        if (!running_is((pid_t)images[i].pid, 0) || !is_latest(images, count, i) ||
            (i >= chosen && !descends(images[i].pid, first)))
            continue;
        if ((added = ARRAY_APPEND(*pids, *pid_count)) == NULL)
            return -1;
        *added = (pid_t)images[i].pid;
    }
    return 0;
}

int spool_tree(const char *image, pid_t first, pid_t **pids, size_t *count, struct message *message)
{
    const char *name = strrchr(image, '/') + 1;
    struct spooled alone = {(unsigned long)first, 0, (char *)name}, *images = NULL, named = {0, 0, NULL};
    struct spool spool;
    size_t image_count = 0, chosen;
    int result;

    *pids = NULL;
    *count = 0;
    snprintf(spool.path, sizeof spool.path, "%.*s", (int)(name - 1 - image), image);
    if (spooled_parse(&named, name) != 0)
        return add_running(&alone, 1, 1, first, pids, count) == 0 ? 0 : message_no_memory(message);
    if (spool_list(&spool, first, &images, &image_count, message) != 0)
        return -1;
    chosen =
        is_program(&spool, first) ? image_count : spool_choose_family(&spool, images, image_count, first);
    result = add_running(images, image_count, chosen, first, pids, count);
    spooled_free(images, image_count);
    return result == 0 ? 0 : message_no_memory(message);
}

int spool_load_live(const char *image, struct profile *profile, pid_t first, struct message *message)
{
    const char *name = strrchr(image, '/') + 1;
    struct spooled alone = {(unsigned long)first, 0, (char *)name};
    struct image_anchor now = clock_anchor();
    struct spooled *images = NULL;
    struct spooled named = {0, 0, NULL};
    struct image_loader loader;
    struct spool spool;
    size_t count = 0;
    int result = 0;

    snprintf(spool.path, sizeof spool.path, "%.*s", (int)(name - 1 - image), image);
    image_loader_open(&loader, profile);
    if (spooled_parse(&named, name) != 0)
        load_listed(&spool, &alone, 1, &loader, first, &now, 1);
    else if ((result = spool_list(&spool, first, &images, &count, message)) == 0)
        load_listed(&spool, images, spool_choose_family(&spool, images, count, first), &loader, first, &now,
                    1);
    image_loader_close(&loader);
    spooled_free(images, count);
    return result;
}

void spool_keep(struct spool *spool, struct message *message)
{
    message_set(message, "%s; what was recorded is kept: profile --recover -o FILE %s", message->text,
                spool->path);
    spool->path[0] = '\0';
}

void spool_close(struct spool *spool)
{
    DIR *directory = spool->path[0] != '\0' ? opendir(spool->path) : NULL;
    const struct dirent *entry;

    if (directory == NULL)
        return;
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.' && unlinkat(dirfd(directory), entry->d_name, 0) != 0)
            unlinkat(dirfd(directory), entry->d_name, AT_REMOVEDIR);
    closedir(directory);
    rmdir(spool->path);
    spool->path[0] = '\0';
}
