/*
 * lock_in.h - the program forbids itself system calls, by seccomp(2).
 *
 * Before that the runtime takes all that it will need. Afterwards it does without the calls that are
 * forbidden (system/sandbox.h). Functions are still counted, in the memory that was laid up. Without space,
 * events are lost and counted as such.
 */
#ifndef RUNTIME_LIFE_LOCK_IN_H
#define RUNTIME_LIFE_LOCK_IN_H

struct sandbox_filter;

struct lock_in {
    struct sandbox_filter *filter;
    int is_noted;        /* the filter holds for this process */
    struct thread *held; /* the state of the thread if it may not read the clock, else NULL */
};

/* The program is about to set the filter PROGRAM, a struct sock_fprog; with IS_STRICT, to enter strict mode.
 * Fills LOCK. */
void lock_in_begin(struct lock_in *lock, const void *program, int is_strict);

/* The kernel has refused the filter of LOCK. */
void lock_in_cancel(const struct lock_in *lock);

#endif
