/*
 * slow.h - entering and leaving a slow path.
 *
 * A slow path runs with all signals blocked and is never entered twice in one thread. It leaves errno as it
 * was.
 *
 * A program may have forbidden itself to block signals. Then a slow path is exposed to signal handlers: their
 * events are lost until it ends. None of them gets far: each takes a slow path itself (thread_hold()).
 */
#ifndef RUNTIME_CORE_SLOW_H
#define RUNTIME_CORE_SLOW_H

#include <stdint.h>

/* The state that slow_leave() restores. */
struct slow {
    uint64_t mask;
    int is_masked; /* mask is to be restored */
    int saved_errno;
};

/* Blocks all signals and fills SLOW. Returns 0, or -1 if this thread is in a slow path already; then nothing
 * has changed. */
int slow_enter(struct slow *slow);

/* Returns 1 if this thread is in a slow path with signals unblocked. */
int slow_is_exposed(void);

/* Lets this thread, on its slow path, be the only one on a slow path, until slow_share(). A thread that is
 * not ready in half a second is not waited for. */
void slow_exclude(void);
void slow_share(void);

/* In a forked child: no other thread is on a slow path. */
void slow_after_fork_in_child(void);

/* Restores errno and the signal mask from SLOW. */
void slow_leave(const struct slow *slow);

/* Returns 1 if this thread is in slow_leave(): a signal that arrived on the slow path is delivered there. */
int slow_is_ending(void);

#endif
