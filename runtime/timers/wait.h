/*
 * wait.h - the clock as a timer that also measures how long threads wait.
 */
#ifndef RUNTIME_TIMERS_WAIT_H
#define RUNTIME_TIMERS_WAIT_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Begins to measure. A tick of the clock has NANOSECONDS; 0: that is not known. */
void wait_begin(double nanoseconds);

/* Returns 1 if waits are measured: the length of a tick is known. */
int wait_is_known(void);

/* Reads the timer for THREAD, which is the calling one. Adds what the thread has waited to its records. */
uint64_t wait_read(struct thread *thread);

#endif
