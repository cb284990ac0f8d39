/*
 * sampler_waits.h - how long a thread has waited for a processor, where the kernel's samples do not tell.
 */
#ifndef RUNTIME_TIMERS_SAMPLER_WAITS_H
#define RUNTIME_TIMERS_SAMPLER_WAITS_H

#include <stdint.h>

/* Returns the nanoseconds that the thread TID of this process has waited for a processor since it began; 0 if
 * the kernel does not tell. */
uint64_t waits_read(uint64_t tid);

#endif
