/*
 * sampler_timer.h - samples a thread by a timer of its CPU time, where the kernel refuses better ones.
 *
 * The timer sends SIGPROF to its thread. The handler adds an entry to the thread's ring, and the hooks read
 * it as they read the kernel's. The kernel looks at such timers at its clock's ticks alone: some 250 times in
 * a second.
 *
 * The program is not to notice. SIGPROF is taken only if it has its default action, and is given back before
 * the program has anything to do with it (interpose/profiling_signal.c). On small stacks, where the handler
 * might not fit, there is no timer.
 */
#ifndef RUNTIME_TIMERS_SAMPLER_TIMER_H
#define RUNTIME_TIMERS_SAMPLER_TIMER_H

#include <stdint.h>

#include "runtime/core/thread.h"

enum { SAMPLER_TIMER_STACK = 64 * 1024 }; /* bytes: on smaller stacks of the program no signal may arrive */

/* Opens the ring of THREAD, which is the calling one, and its timer, for FREQUENCY samples in a second of CPU
 * time. Returns 0, or -1 if that is not possible. */
int sampler_timer_open(struct thread *thread, uint32_t frequency);

/* Deletes the timer of THREAD, a native state, if it has one. Its ring is never filled then. */
void sampler_timer_stop(struct thread *thread);

/* Gives SIGPROF back to the program, for good: it has its default action then, and none of ours is pending in
 * any thread. */
void sampler_timer_yield(void);

/* Returns the most samples that the kernel's clock allows in a second. */
uint32_t sampler_timer_most(void);

#endif
