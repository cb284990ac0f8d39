/*
 * state.h - makes and frees the state of a thread.
 */
#ifndef RUNTIME_LIFE_STATE_H
#define RUNTIME_LIFE_STATE_H

#include "runtime/core/process.h"
#include "runtime/core/thread.h"

/* Makes a state with records and frames in the image. Returns NULL without space. */
struct thread *thread_make(struct process *process);

/* Frees the private memory of a state. Its records and frames stay in the image. */
void thread_free(struct thread *thread);

/* Sets which of the thread's calls read the clock, by what the image says. */
void thread_set_reads(struct thread *thread);

/* Reads the name of the calling thread. */
void thread_read_name(struct thread *thread);

#endif
