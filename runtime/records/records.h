/*
 * records.h - a thread's records, functions and edges: found on the fast path, made on slow paths.
 *
 * One private hash table a thread leads to all three:
 *
 *     a record    by (function, position of the caller)
 *     a function  by (address, 0)
 *     an edge     by (unit of the callee, unit of the caller | POSITION_EDGE)
 *
 * The image holds the things themselves, linked for the reader. The records of one parent are never searched
 * as a list, however many there are.
 */
#ifndef RUNTIME_RECORDS_RECORDS_H
#define RUNTIME_RECORDS_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/core/thread.h"
#include "runtime/format/image.h"

/* Set in slot.position of an edge. */
#define POSITION_EDGE ((uint32_t)1 << 31)

struct table {
    struct table *older; /* kept until the thread ends: an interrupted hook may still be reading it */
    size_t size;         /* bytes, with this head */
    struct slot slots[];
};

static inline uint64_t slot_hash(uint64_t function, uint32_t position)
{
    return (function * 0x9E3779B97F4A7C15u + position * 0xC2B2AE3D27D4EB4Fu) >> 32;
}

/* Returns the slot of FUNCTION at POSITION, or the empty one that it would get. */
static inline struct slot *slot_find(const struct thread *thread, uint64_t function, uint32_t position)
{
    uint64_t index = slot_hash(function, position);

    for (;; index++) {
        struct slot *slot = &thread->slots[index & thread->slot_mask];

        if (slot->unit == 0 || (slot->function == function && slot->position == position))
            return slot;
    }
}

/* Returns the unit of the record of FUNCTION called from POSITION, which is made if need be; 0 without space.
 */
uint32_t context_record(struct thread *thread, uint32_t position, uint64_t function);

/* Returns what context_record() does. A record that has to be made leads back to the record TARGET; to
 * itself, with CONTEXT_SELF; or to the record of FUNCTION on its path, if there is one, with CONTEXT_ON_PATH.
 */
#define CONTEXT_SELF    0
#define CONTEXT_ON_PATH UINT32_MAX
uint32_t context_record_to(struct thread *thread, uint32_t position, uint64_t function, uint32_t target);

/* Counts a call to FUNCTION that has no record: by function if the thread knows it, else by thread. */
void context_lose(struct thread *thread, uint64_t function);

/* Returns the details of RECORD, which are made if need be; NULL without space. Signals must be blocked. */
struct image_details *context_details(struct thread *thread, struct image_record *record);

/* Empties thread.recent. */
void context_forget_recent(struct thread *thread);

/* Forgets the functions of modules that have gone since the thread last did. */
void context_forget(struct thread *thread);

/* Returns the unit of the record after UNIT in the tree, parents before children; 0 after the last. */
uint32_t context_next(char *base, uint32_t unit);

#endif
