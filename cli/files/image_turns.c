/*
 * image_turns.c - the pauses and resets that an image tells of. See image_turns.h.
 */
#include "cli/files/image_turns.h"

#include "cli/files/image_reader.h"
#include "runtime/format/turn.h"

const struct image_gate *turns_gate(const struct image_reader *reader)
{
    uint64_t offset = (uint64_t)reader->header->gate * IMAGE_UNIT;

    if (reader->header->gate == 0 || reader->size < sizeof(struct image_gate) ||
        offset > reader->size - sizeof(struct image_gate))
        return NULL;
    return (const struct image_gate *)(reader->data + offset);
}

/* Returns the number of the oldest known turn after turn AFTER; beyond the newest if there is none. */
static uint64_t oldest_after(const struct image_gate *gate, uint32_t after)
{
    uint32_t known = gate->turn > IMAGE_TURNS ? gate->turn - IMAGE_TURNS : 0;

    return (uint64_t)(after > known ? after : known) + 1;
}

struct missed turns_missed(const struct image_reader *reader, const struct image_thread *thread)
{
    const struct image_gate *gate = turns_gate(reader);
    struct missed missed = {.pause = UINT64_MAX};

    if (gate == NULL)
        return missed;
    for (uint64_t number = oldest_after(gate, thread->turn); number <= gate->turn; number++) {
        struct image_turn turn = gate->turns[number % IMAGE_TURNS];

        if (turn.kind == IMAGE_TURN_PAUSE && missed.pause == UINT64_MAX)
            missed.pause = turn.ticks;
        if (turn.kind != IMAGE_TURN_RESET)
            continue;
        missed.is_reset = 1;
        missed.reset = turn.ticks;
        missed.has_no_frames = missed.pause != UINT64_MAX;
    }
    return missed;
}

uint64_t turns_unrecorded(const struct image_reader *reader, uint64_t start, uint64_t end)
{
    const struct image_gate *gate = turns_gate(reader);
    uint64_t from = UINT64_MAX; /* ticks at which the pause began; UINT64_MAX: it is not paused */
    uint64_t sum = 0;

    if (gate == NULL)
        return 0;
    for (uint64_t number = oldest_after(gate, 0); number <= (uint64_t)gate->turn + 1; number++) {
        struct image_turn turn = {end, IMAGE_TURN_RESUME, 0}; /* a pause that lasts */

        if (number <= gate->turn)
            turn = gate->turns[number % IMAGE_TURNS];
        if (turn.ticks > end)
            turn.ticks = end;
        if (turn.kind == IMAGE_TURN_RESET && turn.ticks > start) {
            sum = turn.ticks - start;
            from = from != UINT64_MAX ? turn.ticks : from;
        } else if (turn.kind == IMAGE_TURN_PAUSE) {
            from = turn.ticks > start ? turn.ticks : start;
        } else if (turn.kind == IMAGE_TURN_RESUME && from != UINT64_MAX) {
            sum += turn.ticks > from ? turn.ticks - from : 0;
            from = UINT64_MAX;
        }
    }
    return sum < end - start ? sum : end - start;
}
