/*
 * sampler_waits.h - how long a thread has had a processor and has waited for one, where no samples tell.
 */
#ifndef RUNTIME_TIMERS_SAMPLER_WAITS_H
#define RUNTIME_TIMERS_SAMPLER_WAITS_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Returns for how long the thread TID of this process has run and waited for a processor since it began; 0
 * for both if the kernel does not tell. */
struct thread_run waits_read(uint64_t tid);

#endif
