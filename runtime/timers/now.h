/*
 * now.h - reads a thread's timer, the fast way where that is the clock.
 */
#ifndef RUNTIME_TIMERS_NOW_H
#define RUNTIME_TIMERS_NOW_H

#include "clock.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/timers/timer.h"

/* Reads the clock, for a thread whose timer it is. Where only some calls are timed, these can afford a fence.
 */
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

/* Takes the time that has passed since the timer said THEN out of all open calls: it is ours. */
static inline void thread_skip(struct thread *thread, uint64_t then)
{
    thread->paused += thread_now(thread) - then;
    thread->shared->paused = thread->paused;
}

#endif
