/*
 * region.c - begins and ends the regions that a program names (profile.h).
 *
 * A region is recorded as the call of a function. The address of its image_region stands for the function
 * (runtime/records/regions.h).
 */
#include <errno.h>

#include "runtime/api/profiles.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/gate.h"
#include "runtime/hooks/events.h"
#include "runtime/hooks/start.h"
#include "runtime/records/regions.h"
#include "runtime/system/system.h"

static const struct failure no_name = {EINVAL, "the region's name is NULL"};
static const struct failure no_more = {ENOSPC, "no room for the name of another region"};
static const struct failure no_region = {EINVAL, "no region has begun in this function"};

/* Finds or makes the region NAME, also for a thread that has recorded nothing yet. Returns its address, or 0
 * if that is not possible. */
static uint64_t region_address(const char *name, size_t size)
{
    struct process *process = thread_self()->top != NULL ? process_self() : NULL;
    uint32_t unit = process != NULL ? region_known(process, name, size) : 0;
    uint64_t address = 0;
    struct slow slow;

    if (unit != 0)
        return (uint64_t)image_at(process->base, unit);
    if (slow_enter(&slow) != 0)
        return 0;
    if ((process = process_start()) != NULL)
        address = region_find(process, name, size);
    slow_leave(&slow);
    return address;
}

/* The frame of a region has the call site of the function around it, like that of an inlined function. */
const struct failure *region_begin(const char *name, uint64_t sp)
{
    const struct image_frame *top = thread_self()->top;
    uint64_t address = name != NULL ? region_address(name, strnlen(name, IMAGE_REGION_MAX)) : 0;

    if (name == NULL)
        return &no_name;
    if (address == 0)
        return process_is_off() ? &failure_no_image : &no_more;
    event_enter(address, top != NULL ? top->call_site : 0, sp);
    return NULL;
}

const struct failure *region_end(uint64_t sp)
{
    /* A region that has begun before or during a pause has no frame. */
    return event_leave_region(sp) == 0 || gate_was_paused() ? NULL : &no_region;
}
