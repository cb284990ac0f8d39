/*
 * slow.h - entering and leaving a slow path.
 *
 * A slow path runs with all signals blocked and is never entered twice in one thread. It leaves errno as it
 * was.
 */
#ifndef RUNTIME_CORE_SLOW_H
#define RUNTIME_CORE_SLOW_H

#include <stdint.h>

/* The state that slow_leave() restores. */
struct slow {
    uint64_t mask;
    int saved_errno;
};

/* Blocks all signals and fills SLOW. Returns 0, or -1 if this thread is in a slow path already; then nothing
 * has changed. */
int slow_enter(struct slow *slow);

/* Restores errno and the signal mask from SLOW. */
void slow_leave(const struct slow *slow);

/* Returns 1 if this thread is in slow_leave(): a signal that arrived on the slow path is delivered there. */
int slow_is_ending(void);

#endif
