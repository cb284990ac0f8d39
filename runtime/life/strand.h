/*
 * strand.h - which stack an event is on, and switches between stacks. Slow paths only.
 *
 * NOW is what the thread's timer says, in ticks. All its stacks share that timer, but those with a timer of
 * their own.
 */
#ifndef RUNTIME_LIFE_STRAND_H
#define RUNTIME_LIFE_STRAND_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Returns the state of this thread for the stack that SP is on. From now on time passes for it, and *NOW is
 * what its timer says. */
struct thread *strand_select(struct thread *thread, uint64_t sp, uint64_t *now);

/* Lets time pass for TO instead of FROM, from NOW on. Returns TO. */
struct thread *strand_switch(struct thread *from, struct thread *to, uint64_t now);

/* Switches to the stack that SP is on before anything happens there. KNOWN are its bounds, or NULL. Returns
 * -1 if that is the stack that we are on. */
int strand_switch_to(uint64_t sp, const struct stack_bounds *known);

/* Ends the strands of a thread, when the clock says END. */
void strands_end(struct thread *native, uint64_t now, uint64_t end);

#endif
