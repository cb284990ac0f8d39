/*
 * gate.h - the gate between the hooks and what records: one pointer, which every event tests.
 *
 * While the gate is shut, events go to gate.c, which decides by its state what becomes of them. Open, it
 * costs nothing: the hooks need that one test in any case, for events that come before this library has been
 * relocated. The pointer lies in a page of its own, which is mapped from the image: so whoever maps the image
 * can shut the gate, by one store that all threads see at their next event. Only the program opens it.
 *
 * What pauses and resets recording is a turn (image.h), and each thread takes a turn at its next event: it
 * closes its open frames, or zeroes its figures, as of the instant of the turn. A shut gate sends it there,
 * or, when it has been opened again, thread.low does.
 */
#ifndef RUNTIME_GATE_GATE_H
#define RUNTIME_GATE_GATE_H

#include <string.h>

#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/format/turn.h"
#include "runtime/gate/points.h"

extern HIDDEN struct image_gate gate;

/* The state in the gate's condition, its first half. */
static inline uint32_t gate_state(uint64_t condition)
{
    uint32_t state;

    memcpy(&state, &condition, sizeof state);
    return state;
}

/* In what has been found out of a condition in which events are ignored: all but entries to the functions
 * that end a pause. A bit of the state that no state has. */
#define GATE_BUT_STARTS ((uint64_t)1 << 31)

/* The condition in which the thread ignores its events. One that has recorded nothing has no memory of its
 * own; the process's is wiped in a forked child, which then goes on to start an image that can be told to go
 * on. 0: there is none. */
static inline uint64_t gate_ignored(void)
{
    const struct thread *thread = thread_self();
    const struct process *process;

    if (!LIKELY(thread->top == NULL))
        return thread->ignores;
    process = __atomic_load_n(&process_current, __ATOMIC_ACQUIRE);
    return LIKELY(process != NULL) ? process->ignores : 0;
}

/* Is the event of no interest, whatever the function, for recording is paused, and the thread has done what
 * there was to do? */
static inline int gate_is_ignored(void)
{
    uint64_t condition = __atomic_load_n(&gate.condition, __ATOMIC_RELAXED);

    return LIKELY(gate_state(condition) == IMAGE_GATE_PAUSED) && /* so it has been relocated */
           LIKELY(gate_ignored() == condition);
}

/* Maps the page from the image file that the process has just made. */
void gate_map(struct process *process, int descriptor);

/* Sends all events through the filters (filter.h) from now on. */
void gate_filter(void);

/* Nothing is to be recorded. */
static inline int gate_is_paused(void)
{
    return __atomic_load_n(&gate.state, __ATOMIC_ACQUIRE) == IMAGE_GATE_PAUSED;
}

/* Was that ever so, in this process or one that it was forked from? Then there may be returns from calls that
 * nobody saw begin. */
int gate_was_paused(void);

/* Nothing is recorded any more from now on. */
void gate_pause(void);

/* Opens the gate whatever it is shut for, until gate_release(). */
void gate_force(void);

/* Opens the gate, unless it is shut for something. */
void gate_release(void);

/* Ends a pause that somebody has asked to end. Then, unless recording is paused, opens the gate and sends all
 * threads to the slow path, where they take the turns that they have missed. */
void gate_open(struct process *process);

/* The condition in which events go through the filters, and whether there are any. */
extern HIDDEN uint64_t gate_filtered;
extern HIDDEN int gate_has_filters;

#endif
