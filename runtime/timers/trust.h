/*
 * trust.h - whether the kernel trusts the processor's time-stamp counter, and makes its own clocks from it.
 */
#ifndef RUNTIME_TIMERS_TRUST_H
#define RUNTIME_TIMERS_TRUST_H

/* Returns 1, or 0 if the kernel has found the counter to be unreliable. */
int trust_counter(void);

/* Returns 1 if the kernel tells programs the time without a system call. */
int trust_clocks(void);

/* Returns 1 if NAME is a word of LIST, whose words have spaces or newlines between them. */
int trust_lists(const char *list, const char *name);

#endif
