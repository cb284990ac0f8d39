/*
 * records.h - a thread's records, functions and edges: found on the fast path, made on slow paths.
 *
 * Each thread has one private hash table, which leads to all three:
 *
 *     a record    by (function, position of the caller)
 *     a function  by (address, 0)
 *     an edge     by (unit of the callee, unit of the caller | POSITION_EDGE)
 *
 * The position of a caller is the target of its record (image.h): the unit of a record, or that of a function
 * with IMAGE_FOLDED. The image holds the records, functions and edges themselves, linked for the reader. The
 * records of one parent are never searched as a list, however many there are.
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
    size_t size;         /* bytes, with this header */
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

/* Finds or makes the record of FUNCTION called from POSITION. Returns its unit, or 0 without space. */
uint32_t context_record(struct thread *thread, uint32_t position, uint64_t function);

/* Finds or makes the record of FUNCTION called from POSITION. Returns its unit, or 0 without space. A new
 * record gets TARGET as its target. CONTEXT_SELF stands for the record itself. CONTEXT_ON_PATH stands for the
 * record of FUNCTION on the path to POSITION, or the record itself if there is none. */
#define CONTEXT_SELF    0
#define CONTEXT_ON_PATH UINT32_MAX
uint32_t context_record_to(struct thread *thread, uint32_t position, uint64_t function, uint32_t target);

/* Counts a call to FUNCTION that got no record: in the function if it is known, else in the thread. */
void context_lose(struct thread *thread, uint64_t function);

/* Finds or makes the details of RECORD. Returns NULL without space. Signals must be blocked. */
struct image_details *context_details(struct thread *thread, struct image_record *record);

/* Lays up details that context_spare_details() can take. Signals must be blocked. */
void context_reserve_details(struct thread *thread);

/* Finds the details of RECORD, or takes spare ones for it. Returns NULL if there are none. Makes no system
 * call. Signal handlers may run meanwhile, and may do the same. */
struct image_details *context_spare_details(struct thread *thread, struct image_record *record);

/* Returns 1 if no spare details are left. They are taken from the first to the last. */
static inline int context_lacks_details(const struct thread *thread)
{
    return thread->spares[SPARE_DETAILS - 1] == 0;
}

/* Clears what THREAD knows of the order of its calls: recent, and the successors of its records. */
void context_forget_order(struct thread *thread);

/* Takes the functions of unloaded modules out of the hash table, if any have gone since the last time. */
void context_forget(struct thread *thread);

/* Returns the unit of the record after UNIT in the tree, parents before children; 0 after the last. */
uint32_t context_next(char *base, uint32_t unit);

#endif
