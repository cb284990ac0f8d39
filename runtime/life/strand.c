/*
 * strand.c - which stack an event is on. See strand.h.
 *
 * A thread may run on more stacks than its own: signal handlers on an alternate one, and each coroutine on
 * its own. A stack is known by its bounds (stack/bounds.h). An event outside the bounds of the stack that the
 * thread was last on takes the slow path, which asks here.
 *
 * A signal handler's stack continues that of the code it interrupted: its frames lie above that code's
 * frames, and its time is a callee's. A coroutine's stack is a strand: a struct thread of its own, in the
 * list of the native one, with frames and records of its own. No time passes for a strand while it is
 * suspended. A strand without frames serves the next new stack. While the program has a profile enabled in
 * the thread, the native stack has the state of that profile (api/profiles.c).
 */
#include <signal.h>
#include <sys/resource.h>

#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/gate/gate.h"
#include "runtime/life/retire.h"
#include "runtime/life/strand.h"

#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/stack/bounds.h"
#include "runtime/stack/frames.h"
#include "runtime/stack/turns.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"
#include "runtime/timers/now.h"
#include "runtime/timers/sampler.h"

enum { STRANDS_MAX = 1 << 20 };

/* ---- the strands of a thread, in the order of their bounds ---- */

static struct thread *strand_find(const struct thread *native, uint64_t sp)
{
    size_t place = bounds_place(native, sp);

    if (place > 0 && bounds_hold(native->strands[place - 1]->bounds, sp))
        return native->strands[place - 1];
    return NULL;
}

static void strand_remove(struct thread *native, size_t place)
{
    memmove(native->strands + place, native->strands + place + 1,
            (native->strand_count - place - 1) * sizeof *native->strands);
    native->strand_count--;
}

static int strand_insert(struct thread *native, struct thread *strand)
{
    size_t place;

    if (native->strand_count == native->strand_capacity) {
        size_t capacity = native->strand_capacity ? 2 * native->strand_capacity : 64;
        struct thread **strands = capacity <= STRANDS_MAX ? memory_private(capacity * sizeof *strands) : NULL;

        if (strands == NULL)
            return -1;
        memcpy(strands, native->strands, native->strand_count * sizeof *strands);
        if (native->strands != NULL)
            memory_private_free(native->strands, native->strand_capacity * sizeof *strands);
        native->strands = strands;
        native->strand_capacity = capacity;
    }
    place = bounds_place(native, strand->bounds.low);
    memmove(native->strands + place + 1, native->strands + place,
            (native->strand_count - place) * sizeof *native->strands);
    native->strands[place] = strand;
    native->strand_count++;
    return 0;
}

/* Puts the strands aside that overlap BOUNDS, where a new stack has been made: their stacks are gone. */
static void strands_retire(struct thread *native, struct stack_bounds bounds, uint64_t now)
{
    for (size_t i = 0; i < native->strand_count;) {
        struct thread *strand = native->strands[i];

        if (strand->bounds.low > bounds.high || strand->bounds.high < bounds.low) {
            i++;
            continue;
        }
        stack_unwind_all(strand, stack_time(strand, now));
        strand_remove(native, i);
        strand->next_spare = native->spare_strands;
        native->spare_strands = strand;
    }
}

static struct thread *strand_take_spare(struct thread *native)
{
    struct thread *strand = native->spare_strands;

    if (strand != NULL) {
        native->spare_strands = strand->next_spare;
        return strand;
    }
    for (size_t i = 0; i < native->strand_count; i++) {
        strand = native->strands[i];
        if (strand != thread_self() && stack_is_empty(strand)) {
            strand_remove(native, i);
            return strand;
        }
    }
    return NULL;
}

static struct thread *strand_new(struct thread *native, struct stack_bounds bounds, uint64_t now)
{
    struct thread *strand = strand_take_spare(native);

    if (strand == NULL && (strand = thread_new(native, 0)) == NULL)
        return NULL;
    stack_place(strand, bounds);
    strand->suspended = strand->suspended != 0 ? strand->suspended : now;
    return strand_insert(native, strand) == 0 ? strand : NULL;
}

/* ---- selection ---- */

/* Returns what the timer of TO says when that of FROM says NOW. */
static uint64_t time_for(struct thread *to, const struct thread *from, uint64_t now)
{
    return to->own_timer == from->own_timer ? now : thread_now(to);
}

/* A coroutine that has ended was left at its last exit, not at the event that shows it. */
struct thread *strand_switch(struct thread *from, struct thread *to, uint64_t now)
{
    if (from->idle > to->suspended && stack_is_empty(from) && frame_is_leaf(from, from->top))
        now = from->idle;
    sampler_take(from, 0);
    sampler_hand_over(from, to);
    turns_catch_up(to, UINT64_MAX, now); /* before the timer of TO runs again */
    from->suspended = from->shared->suspended = now;
    if (to->suspended != 0)
        to->paused += time_for(to, from, now) - to->suspended;
    to->shared->paused = to->paused;
    to->suspended = to->shared->suspended = 0;
    thread_become(to);
    __atomic_store_n(&to->native->current, to, __ATOMIC_SEQ_CST);
    context_forget(to); /* modules may have gone while TO was suspended, and only current states are told */
    return to;
}

/* Returns the state of the native stack: that of a profile, while one is enabled. */
static struct thread *native_state(struct thread *native)
{
    if (native->profiled == NULL)
        return native;
    native->profiled->bounds = native->bounds;
    return native->profiled;
}

/* Returns the state for the stack that SP is on; NULL without memory. Coroutines come first: their stacks may
 * lie within the native one. KNOWN are the bounds of the stack, or NULL. */
static struct thread *strand_at(struct thread *native, uint64_t sp, const struct stack_bounds *known,
                                uint64_t now)
{
    struct thread *strand = strand_find(native, sp);
    struct stack_bounds bounds;

    if (strand != NULL)
        return strand;
    if (known != NULL) {
        bounds = *known;
    } else if (!bounds_find_announced(sp, &bounds)) {
        if (bounds_hold(native->bounds, sp) || bounds_grow_native(native, sp))
            return native_state(native);
        bounds = bounds_guess(native, sp);
    }
    strands_retire(native, bounds, now);
    return strand_new(native, bounds, now);
}

struct thread *strand_select(struct thread *thread, uint64_t sp, uint64_t *now)
{
    struct thread *strand = NULL;
    struct stack_bounds bounds;

    if (stack_has(thread, sp) && sp <= stack_pointer(thread))
        return thread;
    /* An alternate stack may lie within the thread's own, in the frame of one of its functions. */
    if (!thread->nested && bounds_find_signal_stack(sp, &bounds) && stack_nest(thread, bounds) == 0)
        return thread;
    if (stack_has(thread, sp))
        return thread;
    if (thread->nested)
        stack_unnest(thread, stack_time(thread, *now));
    if (!stack_has(thread, sp)) {
        if (bounds_grow(thread->native, thread, sp))
            strand = thread;
        else
            strand = strand_at(thread->native, sp, NULL, *now);
        if (strand == NULL)
            return thread;
        thread_set_low(strand, strand->bounds.low);
        if (strand != thread) {
            strand_switch(thread, strand, *now);
            *now = time_for(strand, thread, *now);
        }
    }
    return thread_self();
}

int strand_switch_to(uint64_t sp, const struct stack_bounds *known)
{
    struct thread *thread = thread_self();
    struct thread *strand;
    struct slow slow;
    uint64_t now;

    if (thread->top == NULL)
        return -1;
    now = thread_now(thread);
    if (slow_enter(&slow) != 0)
        return -1;
    if (thread->nested && !stack_has(thread, sp))
        stack_unnest(thread, stack_time(thread, now));
    strand = strand_at(thread->native, sp, known, now);
    if (strand != NULL && strand != thread)
        strand_switch(thread, strand, now);
    slow_leave(&slow);
    return strand == thread ? -1 : 0;
}

void strands_end(struct thread *native, uint64_t now, uint64_t end)
{
    struct thread *next;

    while (native->strand_count > 0) {
        struct thread *strand = native->strands[0];

        strand_remove(native, 0);
        strand->next_spare = native->spare_strands;
        native->spare_strands = strand;
    }
    for (struct thread *strand = native->spare_strands; strand != NULL; strand = next) {
        next = strand->next_spare;
        turns_catch_up(strand, UINT64_MAX, now);
        stack_unwind_all(strand, stack_time(strand, now));
        strand->shared->end = end;
        thread_retire(strand);
    }
    native->spare_strands = NULL;
    if (native->strands != NULL)
        memory_private_free(native->strands, native->strand_capacity * sizeof *native->strands);
    native->strands = NULL;
    native->strand_capacity = 0;
}
