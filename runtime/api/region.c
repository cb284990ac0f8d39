/*
 * region.c - the regions that a program names (profile.h): a region is called like a function, and returns.
 *
 * What stands for its function is the address of its name in the image. A hash table of the process leads
 * from a name to that; names are never taken out of it, so it is searched without a lock.
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
static const struct failure no_more = {ENOSPC, "there is no room for the name of another region"};
static const struct failure no_region = {EINVAL, "no region has begun in this function"};

/* The address of the region NAME, for a thread that has recorded something or not; 0 if it cannot be. */
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

/* Its frame has the call site of the function that it is in, as that of an inlined function has. */
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
    /* What began before a pause, or in one, has no frame. */
    return event_leave_region(sp) == 0 || gate_was_paused() ? NULL : &no_region;
}
