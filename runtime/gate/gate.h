/*
 * gate.h - the gate between the hooks and what records: one pointer, which every event tests.
 *
 * Open, the gate costs nothing: the hooks need that test anyway, for events that come before this library has
 * been relocated. Shut, it sends events to hooks/shut.c, which looks at the gate's state. The pointer lies in
 * a page of its own that the process maps from its image. So whoever maps the image can shut the gate, by one
 * store that all threads see at their next event. Only the program opens it.
 *
 *     state       gate   by
 *     RUNNING     shut   the linker: no event has come yet
 *     RUNNING     open   gate_release(), once all turns are obeyed
 *     PAUSED      shut   turn_pause(): the program, a stop function, `profile ctl PID pause`
 *     RESUMING    shut   turn_resume(): a start function, `profile ctl PID resume`
 *     RUNNING     open   gate_open(), at the next event of any thread
 *     ELSEWHERE   shut   hooks_forward(): another copy of the library records, for good
 *
 * A reset (`profile ctl PID reset`) changes no state: turn_add() shuts the gate, and gate_open() opens it at
 * the next event. With filters the gate is never open. Events then pass it by gate_filtered, so that programs
 * without filters pay nothing for them.
 *
 * Pauses, resumptions and resets are turns (format/turn.h). Each thread takes a turn at its next event: it
 * closes its open frames or zeroes its figures, as of the instant of the turn (stack/turns.h). The shut gate
 * sends it there, or if that has been opened again, thread.low does.
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

/* Returns the state in CONDITION, the state and the turn of a gate in one word. */
static inline uint32_t gate_state(uint64_t condition)
{
    uint32_t state;

    memcpy(&state, &condition, sizeof state);
    return state;
}

/* Set in thread.ignores where entries to functions that end a pause are not ignored. No state has this bit.
 */
#define GATE_BUT_STARTS ((uint64_t)1 << 31)

/* Returns the condition in which the thread ignores its events; 0: none. A thread that has recorded nothing
 * has no memory of its own, and asks the process. That is wiped in a forked child, which so starts an image
 * and can be resumed. */
static inline uint64_t gate_ignored(void)
{
    const struct thread *thread = thread_self();
    const struct process *process;

    if (!LIKELY(thread->top == NULL))
        return thread->ignores;
    process = __atomic_load_n(&process_current, __ATOMIC_ACQUIRE);
    return LIKELY(process != NULL) ? process->ignores : 0;
}

/* Returns 1 if recording is paused and the thread has done all that the pause asks of it: the event is of no
 * interest. */
static inline int gate_is_ignored(void)
{
    uint64_t condition = __atomic_load_n(&gate.condition, __ATOMIC_RELAXED);

    return LIKELY(gate_state(condition) == IMAGE_GATE_PAUSED) && /* the library has been relocated */
           LIKELY(gate_ignored() == condition);
}

/* Maps the page of the gate from the image of PROCESS, whose file DESCRIPTOR leads to. */
void gate_map(struct process *process, int descriptor);

/* Sends all events through the filters (filter.h) from now on. */
void gate_filter(void);

/* Returns 1 if an event comes before this library has been relocated, or before thread-local variables exist.
 */
int gate_is_too_early(void);

/* Returns 1 while nothing is to be recorded. */
static inline int gate_is_paused(void)
{
    return __atomic_load_n(&gate.state, __ATOMIC_ACQUIRE) == IMAGE_GATE_PAUSED;
}

/* Returns 1 if recording was ever paused, in this process or one that it was forked from. There may be
 * returns from calls that nobody saw begin. */
int gate_was_paused(void);

/* Pauses recording, from now on. */
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
