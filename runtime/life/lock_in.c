/*
 * lock_in.c - takes what is needed before the program forbids itself system calls. See lock_in.h.
 *
 * It needs memory, the modules and their filters, the bounds of stacks, and the names of threads. A process
 * that has recorded nothing so far takes nothing: it may be one that nobody wants a profile of.
 */
#include "runtime/life/lock_in.h"

#include "runtime/core/modules.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/space.h"
#include "runtime/core/thread.h"
#include "runtime/gate/filter.h"
#include "runtime/life/thread.h"
#include "runtime/system/memory.h"
#include "runtime/system/sandbox.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler.h"
#include "runtime/timers/timer.h"
#include "runtime/timers/trust.h"

static void prepare(struct process *process, const struct sandbox_filter *filter)
{
    modules_list(process);
    filter_read_all(process);
    space_reserve(process, filter);
    memory_reserve();
    threads_read_names(process);
    process_anchor(process);
    system_clock_is_call = !trust_clocks();
}

/* Adds the filter of LOCK when no other thread is on a slow path. */
static void add_filter(const struct lock_in *lock, struct process *process)
{
    slow_exclude();
    if (process != NULL)
        threads_settle(process);
    sandbox_add(lock->filter);
    slow_share();
}

/* On x86, strict mode also takes the instruction that reads the time-stamp counter. */
static void hold_clock(struct lock_in *lock)
{
    struct thread *thread = thread_self();

    if (thread->top == NULL)
        return;
    timer_hold(thread);
    lock->held = thread;
}

/* A child that vfork made shares our memory: what it forbids itself is not forbidden to us. */
void lock_in_begin(struct lock_in *lock, const void *program, int is_strict)
{
    struct process *process = process_self();
    struct slow slow;

    *lock = (struct lock_in){NULL, process == NULL || process_is_ours(process), NULL};
    if (!lock->is_noted)
        return;
    sampler_forbid(1);
    lock->filter = is_strict ? NULL : sandbox_read(program);
    if (slow_enter(&slow) != 0) { /* a signal handler, which has interrupted an exposed slow path */
        sandbox_add(lock->filter);
        return;
    }
    if (process != NULL)
        prepare(process, lock->filter);
    add_filter(lock, process);
    if (is_strict)
        hold_clock(lock);
    slow_leave(&slow);
}

void lock_in_cancel(const struct lock_in *lock)
{
    if (!lock->is_noted)
        return;
    if (lock->held != NULL)
        timer_release(lock->held);
    sandbox_drop(lock->filter);
    sampler_forbid(0);
}
