/*
 * sampler.h - where a thread spends its time, by samples that the kernel takes.
 *
 * The kernel notes each thread's instruction pointer about 4,000 times in a second of CPU time, in a ring
 * that the thread maps (perf_event_open(2), PERF_COUNT_SW_CPU_CLOCK). No signal is sent. Where it refuses
 * that, a timer of the thread may fill the ring (sampler_timer.h). Both hooks compare
 * how far the ring is filled with how far it has been read, and read what is new before they change anything.
 * So the samples since the last event belong to the activation that was innermost all the while.
 *
 * A sample whose address lies in the hooks, or in the stubs by which the program calls them, is overhead. The
 * others are self time of the activation: also those in libraries without hooks.
 */
#ifndef RUNTIME_TIMERS_SAMPLER_H
#define RUNTIME_TIMERS_SAMPLER_H

#include <stdint.h>

#include "runtime/core/thread.h"
#include "runtime/format/image.h"

/* Begins to sample THREAD, a native state, which is the calling thread's. On failure it counts in the image.
 */
void sampler_open(struct thread *thread);

/* Lets the time that THREAD, a native state of this process, has run and waited for a processor begin now, if
 * no samples tell that. */
void sampler_begin_waits(struct thread *thread);

/* Notes in the image how long THREAD, a native state of this process, has run and waited for a processor,
 * if no samples tell that. */
void sampler_note_waits(const struct thread *thread);

/* Ends that, if it has begun. THREAD then has a ring that is never filled. */
void sampler_close(struct thread *thread);

/* Adds the samples since the last event to the innermost record of THREAD, which is the calling one. CALLER
 * is the return address of the hook, or 0. Makes no system call, and may be interrupted by signal handlers.
 * Returns 1, or 0 if it cannot: an outer call is about it, or there is no space, which
 * context_reserve_details() makes. */
int sampler_take(struct thread *thread, uint64_t caller);

/* Lets TO, which takes over from FROM in one thread, go on with its ring. A timer ends if TO is a coroutine.
 */
void sampler_hand_over(struct thread *from, struct thread *to);

/* With IS_NOW, the program is about to forbid itself system calls. The samplers make none from then on:
 * threads that start later have no samples. Without IS_NOW, that has failed. */
void sampler_forbid(int is_now);

/* Returns 1 if the program has forbidden itself system calls, as far as stand-ins have seen it. */
int sampler_is_forbidden(void);

/* Leaves out the samples of the slow path that ends here: its time is nobody's. */
void sampler_skip(struct thread *thread);

/* A ring that is never filled. */
extern HIDDEN const uint64_t sampler_none;

#endif
