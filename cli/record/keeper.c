/*
 * keeper.c - a socket for descriptors, and a thread that reads it. See keeper.h.
 *
 * Only the thread uses the list of files while it runs.
 */
#include "cli/record/keeper.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/base/array.h"
#include "runtime/format/spool.h"

enum { OTHERS = 64 }; /* descriptors that the launcher needs for other things */

void keeper_open(struct keeper *keeper, const char *spool)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/" SPOOL_FILES, spool);

    *keeper = (struct keeper){.socket = -1};
    if (length < 0 || (size_t)length >= sizeof address.sun_path)
        return;
    keeper->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (keeper->socket >= 0 && bind(keeper->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        close(keeper->socket);
        keeper->socket = -1;
    }
}

static int is_kept(const struct keeper *keeper, const struct keeper_file *file)
{
    for (size_t i = 0; i < keeper->count; i++)
        if (keeper->files[i].inode == file->inode && keeper->files[i].device == file->device &&
            keeper->files[i].size == file->size && keeper->files[i].mtime == file->mtime &&
            strcmp(keeper->files[i].path, file->path) == 0)
            return 1;
    return 0;
}

/* Keeps the file DESCRIPTOR, named PATH. Returns 0, or -1 if it is not to be kept. */
static int file_keep(struct keeper *keeper, int descriptor, const char *path)
{
    struct keeper_file file = {.path = (char *)(uintptr_t)path, .descriptor = descriptor};
    struct keeper_file *added;
    struct stat status;

    if (keeper->count >= keeper->most || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return -1;
    file.device = status.st_dev;
    file.inode = status.st_ino;
    file.size = status.st_size;
    file.mtime = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    if (is_kept(keeper, &file) || (file.path = strdup(path)) == NULL)
        return -1;
    added = ARRAY_APPEND(keeper->files, keeper->count);
    if (added == NULL) {
        free(file.path);
        return -1;
    }
    *added = file;
    return 0;
}

/* Takes the descriptor out of MESSAGE. Returns -1 if it has none. */
static int descriptor_of(struct msghdr *message)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    int descriptor = -1;

    if (control != NULL && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS &&
        control->cmsg_len == CMSG_LEN(sizeof descriptor))
        memcpy(&descriptor, CMSG_DATA(control), sizeof descriptor);
    return descriptor;
}

/* Receives one file. FLAGS are those of recvmsg(2). Returns 0, or -1 if there was none. A message may be
 * empty, and a socket that has been shut down reads so too. */
static int receive(struct keeper *keeper, int flags)
{
    char path[PATH_MAX];
    union {
        struct cmsghdr header; /* for its alignment */
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec text = {.iov_base = path, .iov_len = sizeof path - 1};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = CMSG_LEN(sizeof(int))}; /* the kernel closes more */
    ssize_t length = recvmsg(keeper->socket, &message, MSG_CMSG_CLOEXEC | flags);
    int descriptor;

    if (length < 0)
        return errno == EINTR ? 0 : -1;
    path[length] = '\0';
    descriptor = descriptor_of(&message);
    if (descriptor >= 0 && file_keep(keeper, descriptor, path) != 0)
        close(descriptor);
    return 0;
}

/* Receives files until the keeper stops, and then those that are left. */
static void *receive_all(void *argument)
{
    struct keeper *keeper = argument;

    while (!__atomic_load_n(&keeper->is_stopping, __ATOMIC_ACQUIRE) && receive(keeper, 0) == 0)
        ;
    while (receive(keeper, MSG_DONTWAIT) == 0)
        ;
    return NULL;
}

/* Allows this process as many descriptors as it may have. The program has been started, and keeps its limit.
 */
static size_t descriptors_allow(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > OTHERS ? (size_t)limit.rlim_cur - OTHERS : 0;
}

void keeper_start(struct keeper *keeper)
{
    sigset_t all, old;

    if (keeper->socket < 0)
        return;
    keeper->most = descriptors_allow();
    sigfillset(&all); /* signals are for the main thread */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    keeper->is_running = pthread_create(&keeper->thread, NULL, receive_all, keeper) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void keeper_stop(struct keeper *keeper)
{
    if (!keeper->is_running)
        return;
    __atomic_store_n(&keeper->is_stopping, 1, __ATOMIC_RELEASE);
    shutdown(keeper->socket, SHUT_RDWR); /* wakes the thread, and leaves what is in the queue */
    pthread_join(keeper->thread, NULL);
    keeper->is_running = 0;
}

static int is_of(const struct keeper_file *file, const struct symbolizer_module *module)
{
    return strcmp(file->path, module->path) == 0 && (uint64_t)file->size == module->size &&
           file->mtime == module->mtime;
}

void keeper_tell(const struct keeper *keeper, struct profile *profile)
{
    for (size_t i = 0; i < profile->module_count; i++) {
        struct symbolizer_module *module = &profile->modules[i].file;
        char path[64];

        for (size_t j = 0; j < keeper->count && module->kept == NULL; j++)
            if (is_of(&keeper->files[j], module)) {
                snprintf(path, sizeof path, "/proc/self/fd/%d", keeper->files[j].descriptor);
                module->kept = profile_string(profile, path, strlen(path));
            }
    }
}

void keeper_close(struct keeper *keeper)
{
    keeper_stop(keeper);
    for (size_t i = 0; i < keeper->count; i++) {
        close(keeper->files[i].descriptor);
        free(keeper->files[i].path);
    }
    free(keeper->files);
    if (keeper->socket >= 0)
        close(keeper->socket);
    *keeper = (struct keeper){.socket = -1};
}
