/*
 * turns.h - a thread takes the turns, pauses and resets, that it has missed. See format/turn.h and gate.h.
 */
#ifndef RUNTIME_STACK_TURNS_H
#define RUNTIME_STACK_TURNS_H

#include <stdint.h>

#include "runtime/core/thread.h"

/* Takes the turns that THREAD has missed on its stack: closes or restarts its open frames as of each turn. SP
 * is that of the event, or UINT64_MAX where no hook can have been interrupted. NOW is what the thread's timer
 * says. Returns -1 if that must wait: this is a signal handler that has interrupted a hook in the middle of
 * its work. */
int turns_catch_up(struct thread *thread, uint64_t sp, uint64_t now);

#endif
