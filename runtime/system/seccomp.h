/*
 * seccomp.h - counts the filters of system calls that this process is under.
 *
 * The launcher counts its own, and the runtime sees from that whether the program has got more.
 */
#ifndef RUNTIME_SYSTEM_SECCOMP_H
#define RUNTIME_SYSTEM_SECCOMP_H

#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>

#include "runtime/system/system.h"

#define SECCOMP_FIELD "\nSeccomp_filters:\t" /* in /proc/PID/status, from Linux 5.9 on */

enum { SECCOMP_STATUS_MAX = 4096 }; /* bytes of /proc/PID/status */

/* Returns the number of filters; 1 if it is unknown how many there are. STATUS has room for
 * SECCOMP_STATUS_MAX bytes, or is NULL. */
static inline uint32_t seccomp_filters(char *status)
{
    const char *field;
    uint32_t count = 0;

    if (SYSTEM_CALL(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0, 0) <= 0)
        return 0;
    if (status == NULL || system_read_file("/proc/self/status", status, SECCOMP_STATUS_MAX) <= 0 ||
        (field = strstr(status, SECCOMP_FIELD)) == NULL)
        return 1;
    for (field += sizeof SECCOMP_FIELD - 1; *field >= '0' && *field <= '9'; field++)
        count = 10 * count + (uint32_t)(*field - '0');
    return count;
}

#endif
