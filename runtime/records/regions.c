/*
 * regions.c - the names of regions. See regions.h.
 *
 * A hash table of the process leads from a name to its struct image_region. Names are never taken out, so
 * searches need no lock. Additions hold process.lock_retired.
 */
#include "runtime/records/regions.h"

#include <string.h>

#include "runtime/core/process.h"
#include "runtime/core/space.h"
#include "runtime/core/thread.h"
#include "runtime/format/hash.h"
#include "runtime/format/image.h"
#include "runtime/system/memory.h"

enum { REGIONS_MAX = 1024, SLOTS = 2 * REGIONS_MAX };

/* Returns the place in SLOTS of the region NAME, or the empty place that it would get. */
static uint32_t *place_find(const struct process *process, uint32_t *slots, const char *name, size_t size)
{
    for (uint32_t index = (uint32_t)hash_fnv1a(name, size);; index++) {
        uint32_t *slot = &slots[index % SLOTS];
        uint32_t unit = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
        const struct image_region *region = image_at(process->base, unit);

        if (unit == 0 || (region->name_size == size && memcmp(region->name, name, size) == 0))
            return slot;
    }
}

/* Makes the region NAME. Returns its unit, or 0 if there can be no more. */
static uint32_t region_make(struct process *process, const char *name, size_t size)
{
    size_t whole = (sizeof(struct image_region) + size + IMAGE_UNIT - 1) / IMAGE_UNIT * IMAGE_UNIT;
    uint32_t unit = process->region_count < REGIONS_MAX ? space_allocate(process, whole) : 0;
    struct image_region *region = image_at(process->base, unit);

    if (unit == 0)
        return 0;
    region->name_size = (uint32_t)size;
    memcpy(region->name, name, size);
    process->region_count++;
    return unit;
}

/* Finds or makes the table. Returns NULL without memory. */
static uint32_t *table_get(struct process *process)
{
    uint32_t *slots = __atomic_load_n(&process->regions, __ATOMIC_ACQUIRE);

    if (slots == NULL && (slots = memory_private(SLOTS * sizeof *slots)) != NULL)
        __atomic_store_n(&process->regions, slots, __ATOMIC_RELEASE);
    return slots;
}

/* Makes the region NAME, unless another thread has just made it. Returns its unit, or 0 if there can be no
 * more. */
static uint32_t region_add(struct process *process, const char *name, size_t size)
{
    uint32_t *slots, *slot, unit = 0;

    process_lock_retired(process);
    if ((slots = table_get(process)) != NULL) {
        slot = place_find(process, slots, name, size);
        if (*slot == 0)
            __atomic_store_n(slot, region_make(process, name, size), __ATOMIC_RELEASE);
        unit = *slot;
    }
    process_unlock_retired(process);
    return unit;
}

uint32_t region_known(const struct process *process, const char *name, size_t size)
{
    uint32_t *slots = __atomic_load_n(&process->regions, __ATOMIC_ACQUIRE);

    return slots != NULL ? __atomic_load_n(place_find(process, slots, name, size), __ATOMIC_ACQUIRE) : 0;
}

uint64_t region_find(struct process *process, const char *name, size_t size)
{
    uint32_t unit = region_known(process, name, size);

    if (unit == 0)
        unit = region_add(process, name, size);
    return unit != 0 ? (uint64_t)image_at(process->base, unit) : 0;
}

uint64_t region_inherit(uint64_t address)
{
    const struct image_region *region = (const struct image_region *)address;
    struct process *process = process_self();
    uint64_t own = process != NULL && region->name_size <= IMAGE_REGION_MAX
                       ? region_find(process, region->name, region->name_size)
                       : 0;

    return own != 0 ? own : address;
}
