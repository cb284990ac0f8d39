/*
 * regions.h - the names of the regions that the program has marked (profile.h).
 *
 * A region is recorded like a function. The address of its struct image_region, in the image, stands for it.
 */
#ifndef RUNTIME_RECORDS_REGIONS_H
#define RUNTIME_RECORDS_REGIONS_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/core/process.h"

/* Finds or makes the region NAME, which has SIZE bytes. Returns its address, or 0 if there can be no more.
 * Signals must be blocked. */
uint64_t region_find(struct process *process, const char *name, size_t size);

/* Returns the unit of the region NAME, which has SIZE bytes, or 0 if nobody has made it. Signals need not be
 * blocked. */
uint32_t region_known(const struct process *process, const char *name, size_t size);

/* Returns the address, in a forked child, of the region that is at ADDRESS in its parent. Makes the region if
 * need be; without space, returns ADDRESS. */
uint64_t region_inherit(uint64_t address);

/* Returns the unit of the region at ADDRESS; 0 if that is a function's address. */
static inline uint32_t region_unit(const struct process *process, uint64_t address)
{
    uint64_t distance = address - (uint64_t)process->base;

    return distance < process->reserved ? (uint32_t)(distance / IMAGE_UNIT) : 0;
}

#endif
