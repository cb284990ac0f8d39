/*
 * sampler_perf.h - has the kernel sample a thread, in a ring that the thread maps. No signal is sent.
 */
#ifndef RUNTIME_TIMERS_SAMPLER_PERF_H
#define RUNTIME_TIMERS_SAMPLER_PERF_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Opens the ring of THREAD, which is the calling one, for FREQUENCY samples in a second of CPU time, or for
 * as many as the kernel allows. Returns 0, or -1 if the kernel refuses. */
int sampler_perf_open(struct thread *thread, uint32_t frequency);

#endif
