/*
 * now.h - reads a thread's timer, without a call through a pointer if it is the machine's counter.
 */
#ifndef RUNTIME_TIMERS_NOW_H
#define RUNTIME_TIMERS_NOW_H

#include "clock.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/timers/timer.h"

/* Reads the clock, for a thread whose timer it is. If only some calls are timed, these can afford a fence. */
static inline __attribute__((always_inline)) uint64_t thread_clock(struct thread *thread)
{
    return thread->sampled ? clock_read_after() : clock_read();
}

/* Reads a timer that is not the clock. */
static inline __attribute__((always_inline)) uint64_t thread_timer(struct thread *thread)
{
    return timer_read(thread);
}

/* Reads the thread's timer. */
static inline uint64_t thread_now(struct thread *thread)
{
    return RARE(thread->has_timer) ? thread_timer(thread) : thread_clock(thread);
}

/* Leaves the time since the reading THEN out of all open activations: the runtime has taken it. */
static inline void thread_skip(struct thread *thread, uint64_t then)
{
    thread->paused += thread_now(thread) - then;
    thread->shared->paused = thread->paused;
}

#endif
