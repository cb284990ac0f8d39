/*
 * thread.h - the beginning and the end of a thread, as far as recording goes.
 */
#ifndef RUNTIME_LIFE_THREAD_H
#define RUNTIME_LIFE_THREAD_H

#include <stdint.h>

#include "runtime/core/process.h"
#include "runtime/core/thread.h"

/* Starts the calling thread, whose first event is at SP. Returns its state, or NULL if nothing can be
 * recorded. */
struct thread *thread_start(uint64_t sp);

/* Arranges that the end of each thread is seen. Once per process and its children. */
void thread_end_hook_create(void);

/* Reads the names of all threads that run: they may have been set at any time. */
void threads_read_names(struct process *process);

/* Notes how long the threads that run have waited for a processor, if no samples tell that. */
void threads_note_waits(struct process *process);

/* Settles the bounds of the stacks of all threads that run, while none is on a slow path but this one. */
void threads_settle(struct process *process);

/* Reads the samples of this thread since its last event. */
void thread_note_samples(void);

/* Notes what this thread's timer says now, for its calls that will not return. */
void thread_note_timer(void);

#endif
