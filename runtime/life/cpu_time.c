/*
 * cpu_time.c - whether the CPU time of the process can be read. See cpu_time.h.
 *
 * The clock of a process takes a system call. A program may kill itself by seccomp(2) for such a call, but
 * not before it has added a filter. So the clock is read only while there are as many filters as at the
 * start. /proc tells how many there are, for files are read at the start and at the end of a process anyway.
 */
#include "runtime/life/cpu_time.h"

#include <string.h>

#include "runtime/system/memory.h"
#include "runtime/system/system.h"

enum { STATUS_MAX = 4096, UNKNOWN = -1 };

/* Returns the number behind NAME in TEXT, or UNKNOWN. */
static long number_after(const char *text, const char *name)
{
    const char *digit = strstr(text, name);
    long number = 0;

    if (digit == NULL)
        return UNKNOWN;
    for (digit += strlen(name); *digit >= '0' && *digit <= '9'; digit++)
        number = 10 * number + (*digit - '0');
    return number;
}

/* Returns how many filters of system calls the process has, or UNKNOWN. */
static long count_filters(void)
{
    char *status = memory_private(STATUS_MAX); /* the stack may be small */
    long count = UNKNOWN;

    if (status == NULL)
        return UNKNOWN;
    if (system_read_file("/proc/self/status", status, STATUS_MAX) > 0)
        count = number_after(status, "\nSeccomp:\t") == 0 ? 0 : number_after(status, "\nSeccomp_filters:\t");
    memory_private_free(status, STATUS_MAX);
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
