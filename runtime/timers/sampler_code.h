/*
 * sampler_code.h - tells the code of the hooks from that of the program.
 */
#ifndef RUNTIME_TIMERS_SAMPLER_CODE_H
#define RUNTIME_TIMERS_SAMPLER_CODE_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Finds out where this library's code lies. */
void code_find(void);

/* Returns 1 if ADDRESS, a sample of THREAD, lies in the runtime, or in a stub by which the program calls it.
 */
int code_is_ours(const struct thread *thread, uint64_t address);

/* Remembers the stub by which the code before the return address CALLER calls a hook, if it does so. */
void code_learn_stub(struct thread_sampler *sampler, uint64_t caller);

#endif
