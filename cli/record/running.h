/*
 * running.h - tells whether a process runs.
 *
 * The kernel keeps the ID of a process that has ended until its parent collects it, and may then give it to
 * another process.
 */
#ifndef CLI_RECORD_RUNNING_H
#define CLI_RECORD_RUNNING_H

#include <stddef.h>
#include <sys/types.h>

/* Returns when process PID was started, in ticks since the machine was, or 0 if that is not known. */
unsigned long long running_start(pid_t pid);

/* Returns 1 if a thread of process PID runs, perhaps without the first one. Returns 0 if START is not 0, and
 * the process that has the ID now was started at another time. */
int running_is(pid_t pid, unsigned long long start);

/* Returns the process that has started PID, or has adopted it; 0 if PID has ended. */
pid_t running_parent(pid_t pid);

/* Returns the number of other processes of this user, started at START or later, that map a file of
 * DIRECTORY. A forked child maps what its parent does, before it has recorded anything. */
size_t running_users(const char *directory, unsigned long long start);

#endif
