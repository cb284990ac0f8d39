/*
 * reset.h - sets a thread's figures to zero.
 */
#ifndef RUNTIME_STACK_RESET_H
#define RUNTIME_STACK_RESET_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Sets the figures of the thread to zero. It has no open calls. */
void thread_empty(struct thread *thread);

/* Sets the figures of the thread to zero. Its open calls begin anew, at NOW on the stack's own timer. */
void thread_reset(struct thread *thread, uint64_t now);

#endif
