/*
 * perf.h - how an event of the processor or the kernel is counted for the calling thread: for the launcher,
 * which tries whether that can be, and for the runtime.
 */
#ifndef RUNTIME_TIMERS_PERF_H
#define RUNTIME_TIMERS_PERF_H

#include <linux/perf_event.h>

#include "runtime/system/system.h"

/* As perf_event_open(2) has them. */
struct perf_event {
    uint32_t type;
    uint64_t config;
};

/* Does it happen within the kernel alone? */
static inline int perf_is_kernels(struct perf_event event)
{
    return event.type == PERF_TYPE_SOFTWARE &&
           (event.config == PERF_COUNT_SW_CONTEXT_SWITCHES || event.config == PERF_COUNT_SW_CPU_MIGRATIONS);
}

/* Others are counted in the program's own code alone, which takes no privilege. Pinned: always counted, or
 * never, but not by turns with others. A descriptor, or a negated error number. */
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
