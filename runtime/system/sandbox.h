/*
 * sandbox.h - which system calls the program has forbidden itself, by seccomp(2).
 *
 * A filter may kill whoever makes a call that it does not allow. The kernel does not tell what a filter
 * allows, but a filter is a program that anybody can run. So the runtime keeps copies of the filters, and
 * runs them itself before each system call (system.h). A call that is not allowed fails with EPERM.
 *
 * A filter holds for a thread and for those that it starts later. Here each holds for all threads. Filters
 * from before the program was executed are not known.
 */
#ifndef RUNTIME_SYSTEM_SANDBOX_H
#define RUNTIME_SYSTEM_SANDBOX_H

/* A filter, or NULL for one that allows nothing. */
struct sandbox_filter;

/* Returns a copy of the filter at PROGRAM, a struct sock_fprog that the program has passed. Returns NULL if
 * it cannot be read, or if PROGRAM is NULL: strict mode. */
struct sandbox_filter *sandbox_read(const void *program);

/* Returns 1 if FILTER allows the call NUMBER with its six ARGUMENTS. */
int sandbox_filter_allows(const struct sandbox_filter *filter, long number, const long *arguments);

/* From now on the runtime makes no call that FILTER forbids. */
void sandbox_add(struct sandbox_filter *filter);

/* Takes FILTER back: the kernel has refused it. */
void sandbox_drop(struct sandbox_filter *filter);

#endif
