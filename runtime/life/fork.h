/*
 * fork.h - a forked child inherits the calls that its thread was in.
 */
#ifndef RUNTIME_LIFE_FORK_H
#define RUNTIME_LIFE_FORK_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Arranges that forks are seen. Once per process and its children. */
void fork_hook_create(void);

/* Gives the first thread of a forked child, at SP, the calls that it is in. Does nothing in other processes.
 */
void fork_inherit(struct thread *thread, uint64_t sp);

#endif
