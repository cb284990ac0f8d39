/*
 * account.h - the accounting: updates the counters for one call and for one return.
 *
 * The rules are cProfile's. Every activation counts for calls and self time. Only the outermost activation of
 * a function counts for its cumulative time. An edge, from one function to another, has a cumulative time of
 * its own: that of the outermost activation along the edge. An edge can only be active while the function
 * that it leads to is active. So only nested calls look at the edge.
 *
 * A function and an edge hold the frame of their outermost activation, or 0. Only that activation sets and
 * clears it. Nested activations, which are more frequent, only read it.
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

/* Adds TICKS, the time of an activation with its callees, to the counter SUM from account_return(). */
static inline void account_inclusive(uint64_t *sum, uint64_t ticks)
{
    if (sum != NULL)
        arch_add(sum, ticks);
}

/* Starts the time of FRAME, which has just been claimed. READ reads the timer. If FRAME has ticks of callees
 * already, they come from signal handlers that ran since the claim: they move to the frame below. Ticks for
 * which the stack was suspended do not count. */
static inline __attribute__((always_inline)) void
frame_start(struct thread *thread, struct image_frame *frame, uint64_t (*read)(struct thread *))
{
    for (;;) {
        uint64_t early = frame->callees;

        if (RARE(early != 0)) {
            arch_add(&frame->callees, -early);
            arch_add(&frame_below(thread, frame)->callees, early);
        }
        ORDER();
        frame->entry = read(thread) - thread->paused;
        ORDER();
        if (LIKELY(frame->callees == 0))
            return;
    }
}

#endif
