/*
 * retire.h - where states of threads come from, and what becomes of them when the threads end.
 *
 *     thread_new ---> running ---> thread_retire ---> kept: its records stay as they are   (the first 1,000)
 *        ^                              `-----------> added to a collector ---> spare
 *        `------------------------------------------------------------------------'
 */
#ifndef RUNTIME_LIFE_RETIRE_H
#define RUNTIME_LIFE_RETIRE_H

#include <stdint.h>

#include "runtime/core/process.h"
#include "runtime/core/thread.h"

/* Returns a state for the calling thread: for its own stack if NATIVE is NULL, for another of its stacks, or
 * for its own stack in PROFILE, a number that is 0 for none. Returns NULL if nothing can be recorded. */
struct thread *thread_new(struct thread *native, uint32_t profile);

/* Takes the state of a thread that has ended, or of a stack. All its frames have been closed. */
void thread_retire(struct thread *thread);

/* Adds THREAD to an earlier state of its kind, if there is one. */
void thread_collect(struct process *process, struct thread *thread);

/* Sets the figures of THREAD, which has no frames, to zero and keeps it for threads that start. */
void thread_drop(struct process *process, struct thread *thread);

#endif
