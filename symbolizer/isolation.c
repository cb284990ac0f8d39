/*
 * isolation.c - a forked child with limits, and a pipe for its answer. See isolation.h.
 *
 * Invariants: isolation_run() leaves the parent's signal dispositions, signal mask and stdio as they were. It
 * always waits for the child. The child never runs the parent's exit handlers.
 *
 * The child writes the answer's length before the answer. So the parent notices if the child dies in between.
 */
#include "symbolizer/isolation.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_all(int fd, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        at += written;
        size -= (size_t)written;
    }
    return 0;
}

static int read_all(int fd, void *data, size_t size)
{
    char *at = data;

    while (size > 0) {
        ssize_t got = read(fd, at, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        at += got;
        size -= (size_t)got;
    }
    return 0;
}

/* Lowers the soft limit of RESOURCE to VALUE. The hard limit stays, so that limit_raise() works. A lower
 * limit that the user has set stays too. */
static void limit_set(__rlimit_resource_t resource, uint64_t value)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) != 0 || (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur <= value))
        return;
    limit.rlim_cur = value;
    setrlimit(resource, &limit);
}

static void limit_raise(__rlimit_resource_t resource, uint64_t by)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return;
    limit.rlim_cur = by > limit.rlim_max - limit.rlim_cur ? limit.rlim_max : limit.rlim_cur + by;
    setrlimit(resource, &limit);
}

void isolation_allow(uint64_t memory, unsigned cpu_seconds)
{
    limit_raise(RLIMIT_AS, memory);
    limit_raise(RLIMIT_DATA, memory);
    limit_raise(RLIMIT_CPU, cpu_seconds);
}

/*
 * Allows the child ALLOWANCE bytes beyond those that are mapped already. The mapped bytes count against both
 * limits and can be terabytes, such as the shadow memory of a sanitizer.
 */
static void memory_limit(uint64_t allowance)
{
    unsigned long long total = 0, data = 0;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    FILE *file = fopen("/proc/self/statm", "re");

    if (file == NULL)
        return;
    if (fscanf(file, "%llu %*u %*u %*u %*u %llu", &total, &data) == 2) {
        limit_set(RLIMIT_AS, total * page + allowance);
        limit_set(RLIMIT_DATA, data * page + allowance);
    }
    fclose(file);
}

/*
 * Removes the parent's handlers and sets the signal mask to MASK. A signal that the parent ignores, such as
 * an interrupt, stays ignored. Signals that report a fault or a limit are neither ignored nor blocked.
 */
static void signals_reset(const sigset_t *mask)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGXCPU, SIGPIPE};
    struct sigaction standard = {.sa_handler = SIG_DFL}, old;
    sigset_t unblocked = *mask;

    for (int number = 1; number < NSIG; number++)
        if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN && old.sa_handler != SIG_DFL)
            sigaction(number, &standard, NULL);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        sigaction(fatal[i], &standard, NULL);
        sigdelset(&unblocked, fatal[i]);
    }
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
}

/* Sends standard output and standard error to /dev/null. The user should not see the report that the C
 * library or a sanitizer prints when it ends a process. */
static void output_silence(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0)
        return;
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    if (null > STDERR_FILENO)
        close(null);
}

static void child_confine(const struct isolation_limits *limits, const sigset_t *mask)
{
    memory_limit(limits->memory);
    limit_set(RLIMIT_CPU, limits->cpu_seconds);
    limit_set(RLIMIT_CORE, 0);
    /* If the core pattern is a pipe, the kernel ignores RLIMIT_CORE. It dumps no process that is not
     * dumpable. */
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    output_silence();
    signals_reset(mask);
}

static _Noreturn void child_main(isolation_work *work, void *argument, const struct isolation_limits *limits,
                                 const sigset_t *mask, int fd)
{
    void *answer = NULL;
    size_t size = 0;
    uint64_t length;

    child_confine(limits, mask);
    if (work(argument, &answer, &size) != 0)
        _exit(1);
    length = size;
    if (write_all(fd, &length, sizeof length) != 0 || write_all(fd, answer, size) != 0)
        _exit(1);
    _exit(0); /* not exit(): exit handlers and buffered output belong to the parent */
}

static int answer_read(int fd, size_t limit, void **answer, size_t *size)
{
    uint64_t length;
    char *data;

    if (read_all(fd, &length, sizeof length) != 0 || length > limit)
        return -1;
    data = malloc(length > 0 ? (size_t)length : 1);
    if (data == NULL)
        return -1;
    if (read_all(fd, data, (size_t)length) != 0) {
        free(data);
        return -1;
    }
    *answer = data;
    *size = (size_t)length;
    return 0;
}

/* Waits for CHILD. Returns 1 if it succeeded, or if it has no status because the parent ignores SIGCHLD. A
 * complete answer is then all that counts. */
static int child_succeeded(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Makes a pipe whose ENDS are none of the standard descriptors, which the child silences: the caller may have
 * closed those. Returns 0, or -1. */
static int pipe_make(int ends[2])
{
    int low[2], result;

    if (pipe2(low, O_CLOEXEC) != 0)
        return -1;
    ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(low[0]);
    close(low[1]);
    result = ends[0] >= 0 && ends[1] >= 0 ? 0 : -1;
    for (int i = 0; i < 2; i++)
        if (result != 0 && ends[i] >= 0)
            close(ends[i]);
    return result;
}

int isolation_run(isolation_work *work, void *argument, const struct isolation_limits *limits, void **answer,
                  size_t *size)
{
    sigset_t all, mask;
    int ends[2], got;
    pid_t child;

    *answer = NULL;
    *size = 0;
    if (pipe_make(ends) != 0)
        return -1;
    /* The parent's handlers must not run in the child, so signals stay blocked until it has removed them. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        child_main(work, argument, limits, &mask, ends[1]);
    }
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return -1;
    }
    got = answer_read(ends[0], limits->answer, answer, size);
    close(ends[0]);
    if (got != 0)
        kill(child, SIGKILL); /* nothing reads what it may still write */
    if (!child_succeeded(child) || got != 0) {
        free(*answer);
        *answer = NULL;
        *size = 0;
        return 1;
    }
    return 0;
}
