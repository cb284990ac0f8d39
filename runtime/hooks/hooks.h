/*
 * hooks.h - the two functions that instrumented code calls.
 *
 * Events go from top to bottom, as far as they must:
 *
 *     hooks.c    the gate is open, the record is known, the frame is free: nearly all events
 *     shut.c     the gate is shut: paused, filtered, not yet relocated, or another copy of the library
 * records events.c   all else: the first event of a thread, a new context, another stack, dead frames start.c
 * the first event of the process
 */
#ifndef RUNTIME_HOOKS_HOOKS_H
#define RUNTIME_HOOKS_HOOKS_H

#include <stdint.h>

void __cyg_profile_func_enter(void *function, void *call_site);
void __cyg_profile_func_exit(void *function, void *call_site);

/* The third function that programs call, through profile.h (api/api.c). */
struct profile_functions;
const struct profile_functions *profile_functions_1(void);

/* Continue an event where not all functions are recorded (gate/filter.h). Reached from the hook by jumps
 * alone. */
void filtered_enter(void *function, void *call_site, uint64_t sp);
void filtered_exit(void *function, void *call_site, uint64_t sp);

#endif
