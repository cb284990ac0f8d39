/*
 * collector.c - makes the collector, and waits in it. See collector.h.
 */
#include "cli/record/collector.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/base/relay.h"
#include "cli/record/clock.h"

/* Closes all descriptors but KEPT, OTHER and standard error: whoever reads what the program writes waits
 * until all writers have closed it. */
static void close_others(int kept, int other)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        int descriptor = atoi(entry->d_name);

        if (descriptor > STDERR_FILENO && descriptor != kept && descriptor != other &&
            descriptor != nothing && descriptor != dirfd(directory))
            close(descriptor);
    }
    if (directory != NULL)
        closedir(directory);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    close(nothing);
}

/* Becomes the collector of process PROGRAM. All signals are blocked. */
static void become(struct collector *collector, int kept, pid_t program)
{
    setsid();
    signal(SIGCHLD, SIG_DFL); /* if it is ignored, waitpid() tells no status */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    close_others(kept, collector->socket);
    collector->program = (int)syscall(SYS_pidfd_open, program, 0);
}

/* Forks a child of a child, which has ended when this returns. Returns 0 in the grandchild, 1 in this
 * process, or -1. If this process adopts orphans, it does not adopt this one. */
static int fork_twice(void)
{
    int adopts = 0, result;
    pid_t child;

    prctl(PR_GET_CHILD_SUBREAPER, &adopts);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    child = fork();
    if (child == 0) {
        child = fork();
        if (child == 0)
            return 0;
        _exit(child > 0 ? 0 : 1);
    }
    result = child > 0 ? 1 : -1;
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    prctl(PR_SET_CHILD_SUBREAPER, adopts);
    return result;
}

/* Takes back the SIGCHLD of the child that has ended, which would stay pending for the program if it is
 * blocked. PENDING are the signals that were pending before. */
static void drop_child_signal(const sigset_t *pending)
{
    const struct timespec at_once = {0, 0};
    sigset_t one;

    sigemptyset(&one);
    sigaddset(&one, SIGCHLD);
    if (!sigismember(pending, SIGCHLD))
        sigtimedwait(&one, NULL, &at_once);
}

int collector_make(struct collector *collector, int kept, struct message *message)
{
    pid_t program = getpid();
    sigset_t all, mask, pending;
    int ends[2], made;

    if (program == 1)
        return message_set(message,
                           "--exec: the program would be process 1, whose end kills all others before "
                           "they can save its profile: leave the option out");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return message_set(message, "cannot make a socket: %s", strerror(errno));
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &mask);
    sigpending(&pending);
    made = fork_twice();
    if (made == 0) {
        *collector = (struct collector){ends[1], -1};
        become(collector, kept, program);
        return COLLECTOR_IS_COLLECTOR;
    }
    drop_child_signal(&pending);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    close(ends[1]);
    *collector = (struct collector){ends[0], -1};
    if (made < 0) {
        close(ends[0]);
        return message_set(message, "cannot make a process: %s", strerror(errno));
    }
    return COLLECTOR_IS_PROGRAM;
}

int collector_wait(struct collector *collector, struct image_anchor *end)
{
    struct relay relay = {.witness = {-1, -1}};
    struct pollfd program = {.fd = collector->program, .events = POLLIN};
    char is_ready = collector->program >= 0 ? 1 : 0, failed;

    if (send(collector->socket, &is_ready, 1, MSG_NOSIGNAL) != 1 || !is_ready ||
        recv(collector->socket, &failed, 1, 0) != 0)
        return -1;
    while (poll(&program, 1, -1) < 0 && errno == EINTR)
        ;
    *end = clock_anchor();
    relay_end(&relay);
    return 0;
}

int collector_await(const struct collector *collector, struct message *message)
{
    char is_ready = 0;

    while (recv(collector->socket, &is_ready, 1, 0) < 0 && errno == EINTR)
        ;
    if (is_ready)
        return 0;
    return message_set(message,
                       "--exec needs pidfd_open(2), which this kernel does not have or does not allow: "
                       "leave the option out");
}

void collector_cancel(const struct collector *collector)
{
    char failed = 1;

    send(collector->socket, &failed, 1, MSG_NOSIGNAL);
}
