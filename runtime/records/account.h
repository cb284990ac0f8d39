/*
 * account.h - what one call and one return do to the counters: the whole of the accounting.
 *
 * The rules are cProfile's. Self time and calls go to every activation; cumulative time only to the outermost
 * activation of a function, and, kept apart, to the outermost one along an edge (from one function to
 * another). While a function is not active, nothing along its edges is, so only nested calls need to look at
 * the edge.
 *
 * Which activation is the outermost is known by its frame, and put down and cleared by that one alone: the
 * nested ones, of which there are more, only look. Counters are added to in single instructions, and a signal
 * handler leaves the outermost frames as it has found them: so it may come in between any two steps.
 */
#ifndef RUNTIME_RECORDS_ACCOUNT_H
#define RUNTIME_RECORDS_ACCOUNT_H

#include "arch.h"
#include "clock.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"

/* The edge along which the outermost activation of FUNCTION was called. */
static inline uint32_t account_outermost_edge(char *base, const struct image_function *function)
{
    const struct image_frame *frame = image_at(base, function->outermost);

    return ((const struct image_record *)image_at(base, frame->record))->edge;
}

/* A call of FUNCTION has begun that is counted: by this process, or by the one that it was forked from. FRAME
 * is its frame's unit. */
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

/* The activation in the frame FRAME has ended. Returns where its time with callees is summed up, or NULL if
 * it is part of that of another. */
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

/* TICKS are an activation's, with callees; SUM is what account_return() said. */
static inline void account_inclusive(uint64_t *sum, uint64_t ticks)
{
    if (sum != NULL)
        arch_add(sum, ticks);
}

/* Starts the time of a frame that has just been claimed. A free frame has no callees: what has come to it
 * since is that of handlers which came in between, and belongs to the frame below. The timer, READ, stands
 * still while the stack is suspended. */
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
