/*
 * bounds.h - where stacks lie: what somebody announced, what the kernel knows, and guesses.
 */
#ifndef RUNTIME_STACK_BOUNDS_H
#define RUNTIME_STACK_BOUNDS_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"

/* Bytes below an event that a stack is taken to reach, until more of it is seen. */
#define STACK_NEAR ((uint64_t)64 * 1024)

/* The ends of the code of hooks/hooks.c, which does its work with signals unblocked. */
extern HIDDEN const char hooks_code_start[], hooks_code_end[];

static inline int bounds_hold(struct stack_bounds bounds, uint64_t sp)
{
    return sp >= bounds.low && sp <= bounds.high;
}

/* Remembers the bounds of a stack that may be used later. */
void bounds_announce(struct stack_bounds bounds);

/* Fills BOUNDS with the newest announcement that holds SP. Returns 1, or 0 if there is none. */
int bounds_find_announced(uint64_t sp, struct stack_bounds *bounds);

/* Fills BOUNDS with the alternate signal stack. Returns 1 if SP is on it, else 0. */
int bounds_find_signal_stack(uint64_t sp, struct stack_bounds *bounds);

/* Returns bounds for the unknown stack at SP that overlap no other of NATIVE. */
struct stack_bounds bounds_guess(const struct thread *native, uint64_t sp);

/* Returns how many of NATIVE's coroutine stacks begin at or below SP. They are ordered by bounds. */
size_t bounds_place(const struct thread *native, uint64_t sp);

/* Lowers the bounds of NATIVE's own stack if the mapping that holds SP is it. Returns 1 if they then hold SP,
 * else 0. */
int bounds_grow_native(struct thread *native, uint64_t sp);

/* Lowers the bounds of NATIVE's own stack as far as it may grow: later the kernel may not be asked. NATIVE is
 * on no slow path. */
void bounds_settle(struct thread *native);

/* Lowers the bounds of THREAD, a stack of NATIVE's thread, if SP may be on it. Returns 1 if they then hold
 * SP, else 0. */
int bounds_grow(struct thread *native, struct thread *thread, uint64_t sp);

/* Returns 1 if SP is on the part of THREAD's stack that is in use: its own or a signal handler's. */
int stack_has(const struct thread *thread, uint64_t sp);

/* Returns 1 if the stack, from SP upwards, looks as if a signal handler had interrupted a hook. */
int stack_holds_hook(struct thread *thread, uint64_t sp);

#endif
