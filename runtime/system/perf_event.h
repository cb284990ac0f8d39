/*
 * perf_event.h - opens a counter of an event of the processor or the kernel, for the calling thread.
 *
 * The runtime counts with it. The launcher tries with it whether the kernel lets this user count.
 */
#ifndef RUNTIME_SYSTEM_PERF_EVENT_H
#define RUNTIME_SYSTEM_PERF_EVENT_H

#include <linux/perf_event.h>

#include "runtime/system/system.h"

/* Type and number of an event, as in struct perf_event_attr of perf_event_open(2). */
struct perf_event {
    uint32_t type;
    uint64_t config;
};

/* Returns 1 if EVENT happens within the kernel alone. */
static inline int perf_is_kernels(struct perf_event event)
{
    return event.type == PERF_TYPE_SOFTWARE &&
           (event.config == PERF_COUNT_SW_CONTEXT_SWITCHES || event.config == PERF_COUNT_SW_CPU_MIGRATIONS);
}

/*
 * Opens a counter of EVENT. Returns a descriptor, or a negated error number.
 *
 * Events that also happen outside the kernel are counted in the program's own code alone: that takes no
 * privilege. The counter is pinned: the kernel counts all the time or never, and does not take turns with
 * other counters.
 */
static inline long perf_open(struct perf_event event)
{
    struct perf_event_attr attributes = {.type = event.type,
                                         .size = sizeof attributes,
                                         .config = event.config,
                                         .pinned = 1,
                                         .exclude_kernel = !perf_is_kernels(event),
                                         .exclude_hv = 1};

    return SYSTEM_CALL(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC, 0);
}

#endif
