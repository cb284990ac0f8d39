/*
 * start.h - the start of the process, as far as recording goes.
 */
#ifndef RUNTIME_HOOKS_START_H
#define RUNTIME_HOOKS_START_H

#include "runtime/core/process.h"

/* Returns the process, which is started if need be; NULL if nothing can be recorded. Waits while another
 * thread starts it. Signals must be blocked. Only the entry points call this: event_enter(), shut_enter(),
 * shut_exit() and the API. */
struct process *process_start(void);

#endif
