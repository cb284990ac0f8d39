/*
 * wait.h - a timer that finds out how long threads wait: the clock, and CPU time where a thread may have
 * waited.
 */
#ifndef RUNTIME_TIMERS_WAIT_H
#define RUNTIME_TIMERS_WAIT_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Begins. A tick of the clock has so many NANOSECONDS; 0 if that is not known. */
void wait_begin(double nanoseconds);

/* Returns 1 if waiting can be told from working: the length of a tick is known. */
int wait_is_known(void);

/* Reads the timer of THREAD, which is the calling one. */
uint64_t wait_read(struct thread *thread);

#endif
