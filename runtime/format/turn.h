/*
 * turn.h - adds pauses, resets and resumptions to a gate: for the program itself, and for `profile ctl`,
 * which maps the gate from outside.
 *
 * runtime/gate/gate.h lists the states of a gate and the function that makes each step. Asking for a
 * resumption adds no turn: the pause lasts until the program's next event, and gate_open() adds the turn
 * then.
 */
#ifndef RUNTIME_FORMAT_TURN_H
#define RUNTIME_FORMAT_TURN_H

#include "runtime/format/image.h"

/* Returns turn NUMBER of GATE. The oldest turn that the gate has kept stands for all before it. */
static inline struct image_turn turn_get(const struct image_gate *gate, uint32_t number)
{
    uint32_t newest = __atomic_load_n(&gate->turn, __ATOMIC_ACQUIRE);

    if (newest - number >= IMAGE_TURNS)
        number = newest - IMAGE_TURNS + 1;
    return gate->turns[number % IMAGE_TURNS];
}

/* Adds a turn of KIND at the instant TICKS of the clock, and shuts the gate. Writers at one time get
 * successive numbers, and each waits until the one before has written. The wait is bounded: that writer may
 * have died. */
static inline void turn_add(struct image_gate *gate, enum image_turn_kind kind, uint64_t ticks)
{
    uint32_t number = __atomic_add_fetch(&gate->claimed, 1, __ATOMIC_SEQ_CST);

    for (int tries = 0; __atomic_load_n(&gate->turn, __ATOMIC_ACQUIRE) != number - 1 && tries < 1000; tries++)
        ;
    gate->turns[number % IMAGE_TURNS] = (struct image_turn){ticks, kind, 0};
    gate->pauses += kind == IMAGE_TURN_PAUSE;
    gate->resets += kind == IMAGE_TURN_RESET;
    __atomic_store_n(&gate->turn, number, __ATOMIC_SEQ_CST);
    __atomic_store_n(&gate->open, 0, __ATOMIC_SEQ_CST);
}

/* Pauses recording as of TICKS of the clock, unless it is paused. A pause that has been asked to end, but has
 * not ended yet, goes on without a new turn. */
static inline void turn_pause(struct image_gate *gate, uint64_t ticks)
{
    uint32_t state = __atomic_exchange_n(&gate->state, IMAGE_GATE_PAUSED, __ATOMIC_SEQ_CST);

    if (state == IMAGE_GATE_RUNNING)
        turn_add(gate, IMAGE_TURN_PAUSE, ticks);
}

/* Ends a pause. The program resumes recording at its next event. */
static inline void turn_resume(struct image_gate *gate)
{
    uint32_t paused = IMAGE_GATE_PAUSED;

    __atomic_compare_exchange_n(&gate->state, &paused, IMAGE_GATE_RESUMING, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
}

#endif
