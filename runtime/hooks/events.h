/*
 * events.h - the slow paths of the two hooks, and of others that enter and leave functions. SP is the stack
 * pointer at the event.
 */
#ifndef RUNTIME_HOOKS_EVENTS_H
#define RUNTIME_HOOKS_EVENTS_H

#include <stdint.h>

#include "runtime/core/compiler.h"

/* FUNCTION has been entered from CALL_SITE. */
COLD void event_enter(uint64_t function, uint64_t call_site, uint64_t sp);

/* FUNCTION is left. TAIL_JUMP: it has given up its stack and jumped to the hook. */
COLD void event_exit(uint64_t function, uint64_t sp, int tail_jump);

/* The call of FUNCTION that has just been entered started the recording. */
void event_mark_starter(uint64_t function);

/* Closes the frames of this thread that lie below SP. LANDING: an exception enters the function that is then
 * on top. Leaving that is unwinding too, unless event_caught() comes first. */
void event_unwind_to(uint64_t sp, int landing);
void event_caught(void);

/* Ends the innermost activation of this thread. Returns -1 if it is not a region's. */
int event_leave_region(uint64_t sp);

#endif
