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

#include "runtime/format/text.h"
#include "runtime/system/system.h"

/* Fields of /proc/PID/status. */
#define SECCOMP_MODE  "\nSeccomp:\t"
#define SECCOMP_FIELD "\nSeccomp_filters:\t" /* from Linux 5.9 on */

enum { SECCOMP_STATUS_MAX = 4096 }; /* bytes of /proc/PID/status */

/* Returns the number behind FIELD in STATUS, or -1 if there is no such field. */
static inline long seccomp_number(const char *status, const char *field)
{
    const char *number = strstr(status, field);

    if (number == NULL)
        return -1;
    number += strlen(field);
    return (long)take_number(&number);
}

/* Returns the number of filters; 1 if it is unknown how many there are. STATUS has room for
 * SECCOMP_STATUS_MAX bytes, or is NULL. */
static inline uint32_t seccomp_filters(char *status)
{
    long count;

    if (SYSTEM_CALL(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0, 0) <= 0)
        return 0;
    if (status == NULL || system_read_file("/proc/self/status", status, SECCOMP_STATUS_MAX) <= 0 ||
        (count = seccomp_number(status, SECCOMP_FIELD)) < 0)
        return 1;
    return (uint32_t)count;
}

#endif
