/*
 * turns.h - a thread takes the turns that it has missed: pauses, resets and resumptions (format/turn.h).
 *
 *     turn_add              numbers a turn and notes its instant; shuts the gate    by whoever maps the image
 *     shut_enter, shut_exit the next event of any thread finds the gate shut
 *       gate_open           unless paused: opens the gate, and sends all threads to the slow path
 *       turns_catch_up      at the next event of each thread, for each turn after thread.turn:
 *         stack_close_all     PAUSE: open frames end, as returns, at the instant of the turn
 *         thread_reset        RESET: figures are zero, and open calls begin anew at that instant
 *                             RESUME: nothing
 *         thread_set_turn     thread.turn <= gate.turn
 *
 * A thread that has no next event keeps its figures as they were. The reader of the image does these steps
 * for it (cli/files/image_turns.c).
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

/* Adds the samples since THREAD's last event to what was innermost until now, as sampler_take() does. SP is
 * the stack pointer at the event of a hook, or 0. Returns 0 also if THREAD has still to take a turn: samples
 * from before it belong to nothing. */
int turns_take_samples(struct thread *thread, uint64_t sp);

#endif
