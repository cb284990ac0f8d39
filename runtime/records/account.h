/*
 * account.h - the accounting: updates the counters for one call and for one return.
 *
 * The rules are cProfile's. Every activation counts for calls. Only the outermost activation of a function
 * counts for its cumulative time. An edge, from one function to another, has a cumulative time of
 * its own: that of the outermost activation along the edge. An edge can only be active while the function
 * that it leads to is active. So only nested calls look at the edge.
 *
 * A function and an edge hold the frame of their outermost activation, or 0. Only that activation sets and
 * clears it. Nested activations, which are more frequent, only read it.
 *
 * Time is accounted for by timed activations alone: each takes what passed from its entry to its exit, less
 * what was accounted for meanwhile. One counter of the thread, which only grows, tells that. So an activation
 * that is not timed has nothing to do at its exit, and a frame that is left without one leaves nothing
 * behind.
 *
 * A signal handler may run between any two steps: each counter is updated by a single instruction, and a
 * handler leaves the outermost frames as it found them.
 */
#ifndef RUNTIME_RECORDS_ACCOUNT_H
#define RUNTIME_RECORDS_ACCOUNT_H

#include "arch.h"
#include "clock.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"

/* Returns the unit of the edge along which the outermost activation of FUNCTION was called. */
static inline uint32_t account_outermost_edge(char *base, const struct image_function *function)
{
    const struct image_frame *frame = image_at(base, function->outermost);

    return ((const struct image_record *)image_at(base, frame->record))->edge;
}

/* Marks a call of FUNCTION as active. RECORD is its record, and FRAME the unit of its frame. IS_COUNTED is 0
 * for a call that this process has inherited by fork: its parent has counted it. */
static inline void account_open(char *base, struct image_function *function,
                                const struct image_record *record, uint32_t frame, int is_counted)
{
    if (LIKELY(function->outermost == 0)) {
        function->outermost = frame;
    } else {
        struct image_edge *edge = image_at(base, record->edge);

        arch_add(&edge->nested, (uint64_t)is_counted);
        if (RARE(edge->outermost == 0) && account_outermost_edge(base, function) != record->edge) {
            edge->outermost = frame;
            arch_add(&edge->nested_outermost, (uint64_t)is_counted);
        }
    }
}

/* Marks a call as ended. RECORD is its record, and FRAME the unit of its frame. Returns the counter of its
 * ticks with callees, or NULL if an outer activation's ticks contain them. */
static inline uint64_t *account_return(char *base, struct image_record *record, uint32_t frame)
{
    struct image_function *function = image_at(base, record->function);
    struct image_edge *edge;

    if (LIKELY(function->outermost == frame)) {
        function->outermost = 0;
        return &record->inclusive;
    }
    edge = image_at(base, record->edge);
    if (LIKELY(edge->outermost != frame))
        return NULL;
    edge->outermost = 0;
    return &edge->nested_inclusive;
}

/* Reads the timer by READ. Returns the time of the stack, without the ticks for which it was suspended, and
 * sets ACCOUNTED to thread.accounted then. If a signal handler comes in between that was timed or took a slow
 * path, the timer is read again. */
static inline __attribute__((always_inline)) uint64_t
account_read(struct thread *thread, uint64_t (*read)(struct thread *), uint64_t *accounted)
{
    uint64_t paused, now;

    do {
        paused = thread->paused;
        *accounted = thread->shared->accounted;
        ORDER();
        now = read(thread) - paused;
        ORDER();
    } while (RARE(thread->shared->accounted != *accounted || thread->paused != paused));
    return now;
}

/* Starts the time of FRAME. */
static inline __attribute__((always_inline)) void
account_start(struct thread *thread, struct image_frame *frame, uint64_t (*read)(struct thread *))
{
    frame->entry = account_read(thread, read, &frame->accounted);
}

/* Reads the timer at the exit of FRAME. Returns its ticks with callees, and fills in SELF. */
static inline __attribute__((always_inline)) uint64_t account_stop(struct thread *thread,
                                                                   const struct image_frame *frame,
                                                                   uint64_t (*read)(struct thread *),
                                                                   uint64_t *self)
{
    uint64_t accounted, now = account_read(thread, read, &accounted);

    *self = now - frame->entry - (accounted - frame->accounted);
    return now - frame->entry;
}

/* Adds the times of a timed activation, SELF and INCLUSIVE, to its RECORD and to the counter SUM from
 * account_return(). A process that is killed after the first step loses them, and has nothing twice. */
static inline void account_add(struct thread *thread, struct image_record *record, uint64_t self,
                               uint64_t *sum, uint64_t inclusive)
{
    arch_add(&thread->shared->accounted, self);
    arch_add(&record->self, self);
    if (sum != NULL)
        arch_add(sum, inclusive);
}

#endif
