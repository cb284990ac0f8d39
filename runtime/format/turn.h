/*
 * turn.h - how a pause or a reset is put into a gate: by the program itself, or by `profile ctl` from
 * outside.
 */
#ifndef RUNTIME_FORMAT_TURN_H
#define RUNTIME_FORMAT_TURN_H

#include "runtime/format/image.h"

/* What the image knows of turn NUMBER: the oldest that it still remembers stands for those before. */
static inline struct image_turn turn_get(const struct image_gate *gate, uint32_t number)
{
    uint32_t newest = __atomic_load_n(&gate->turn, __ATOMIC_ACQUIRE);

    if (newest - number >= IMAGE_TURNS)
        number = newest - IMAGE_TURNS + 1;
    return gate->turns[number % IMAGE_TURNS];
}

/* Adds a turn that was taken at TICKS, and shuts the gate. Two who do at once take numbers one after the
 * other; one that has died in between is not waited for. */
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

/* Pauses recording as of TICKS, unless it is paused. */
static inline void turn_pause(struct image_gate *gate, uint64_t ticks)
{
    uint32_t state = __atomic_exchange_n(&gate->state, IMAGE_GATE_PAUSED, __ATOMIC_SEQ_CST);

    if (state == IMAGE_GATE_RUNNING)
        turn_add(gate, IMAGE_TURN_PAUSE, ticks);
}

/* Has the program go on recording, which it does at its next event. */
static inline void turn_resume(struct image_gate *gate)
{
    uint32_t paused = IMAGE_GATE_PAUSED;

    __atomic_compare_exchange_n(&gate->state, &paused, IMAGE_GATE_RESUMING, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
}

#endif
