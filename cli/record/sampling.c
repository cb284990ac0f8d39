/*
 * sampling.c - finds out what filters of system calls leave of the samples. See sampling.h.
 */
#include "cli/record/sampling.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/system/perf_event.h"
#include "runtime/system/seccomp.h"

uint32_t sampling_filters(void)
{
    char status[SECCOMP_STATUS_MAX];

    return seccomp_filters(status);
}

/* Asks the kernel in a child. A filter that kills leaves no core dump of it. */
static void try(void)
{
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    perf_open((struct perf_event){PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK});
    _exit(0);
}

int sampling_kills(void)
{
    pid_t child;
    int status = 0;

    if (sampling_filters() == 0 || (child = fork()) < 0)
        return 0;
    if (child == 0)
        try();
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return 0;
    return WIFSIGNALED(status);
}
