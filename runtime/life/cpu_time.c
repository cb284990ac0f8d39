/*
 * cpu_time.c - whether the CPU time of the process can be read. See cpu_time.h.
 *
 * The clock of a process takes a system call. A program may kill itself by seccomp(2) for such a call, but
 * not before it has added a filter. So the clock is read only while there are as many filters as at the
 * start. /proc tells how many there are, for files are read at the start and at the end of a process anyway.
 */
#include "runtime/life/cpu_time.h"

#include "runtime/system/memory.h"
#include "runtime/system/seccomp.h"
#include "runtime/system/system.h"

enum { UNKNOWN = -1 }; /* as of seccomp_number() */

/* Returns how many filters of system calls the process has, or UNKNOWN. */
static long count_filters(void)
{
    char *status = memory_private(SECCOMP_STATUS_MAX); /* the stack may be small */
    long count = UNKNOWN;

    if (status == NULL)
        return UNKNOWN;
    if (system_read_file("/proc/self/status", status, SECCOMP_STATUS_MAX) > 0)
        count = seccomp_number(status, SECCOMP_MODE) == 0 ? 0 : seccomp_number(status, SECCOMP_FIELD);
    memory_private_free(status, SECCOMP_STATUS_MAX);
    return count;
}

int cpu_time_is_allowed(void)
{
    static long at_start = UNKNOWN; /* a forked child has its parent's */
    long now = count_filters();

    if (at_start == UNKNOWN)
        at_start = now;
    return now != UNKNOWN && now == at_start;
}
