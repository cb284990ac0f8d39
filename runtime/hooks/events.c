/*
 * events.c - the slow paths of the two hooks: events that are out of the ordinary. See events.h.
 */
#include "runtime/hooks/events.h"

#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/filter.h"
#include "runtime/gate/gate.h"
#include "runtime/gate/points.h"
#include "runtime/hooks/start.h"
#include "runtime/life/strand.h"
#include "runtime/life/thread.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/records/regions.h"
#include "runtime/stack/bounds.h"
#include "runtime/stack/frames.h"
#include "runtime/stack/turns.h"
#include "runtime/timers/now.h"
#include "runtime/timers/sampler.h"

/* Takes the samples since THREAD's last event, at SP. Signals are blocked: space for them can be made. */
static void take_samples(struct thread *thread, uint64_t sp)
{
    context_reserve_details(thread);
    turns_take_samples(thread, sp);
}

void event_mark_starter(uint64_t function)
{
    struct thread *thread = thread_self();
    struct image_frame *frame = thread->top;

    if (frame == NULL || (frame->function & ~FRAME_MARKS) != function)
        return;
    frame->function |= FRAME_OUTERMOST; /* which sends its exit here */
    thread->starter = image_unit(thread->base, frame);
}

/* Clears BUSY if the call there (thread_is_busy()) was left: code runs at SP on THREAD's stack. A signal
 * handler on a stack of its own returns to what it has interrupted. */
static void forget_left(const struct thread *thread, uint64_t *busy, uint64_t sp)
{
    if (!thread->nested && !(stack_has(thread, *busy) && *busy > sp))
        *busy = 0;
}

/* A signal handler may leave in the middle of reading a timer or samples. */
static void forget_readings(struct thread *thread, uint64_t sp)
{
    forget_left(thread, &thread->timer.busy, sp);
    forget_left(thread, &thread->native->timer.busy, sp);
    forget_left(thread, &thread->native->wait.busy, sp);
    forget_left(thread, &thread->native->sampler.busy, sp);
}

void event_unwind_to(uint64_t sp, int landing)
{
    struct thread *thread = thread_self();
    struct slow slow;
    uint64_t now;

    if (thread->top == NULL)
        return;
    now = thread_now(thread);
    if (slow_enter(&slow) != 0)
        return;
    take_samples(thread, 0);
    thread = strand_select(thread, sp, &now);
    stack_unwind(thread, sp, stack_time(thread, now));
    forget_readings(thread, sp);
    if (landing)
        frame_mark(thread, 1);
    slow_leave(&slow);
}

void event_caught(void)
{
    struct thread *thread = thread_self();

    if (thread->top != NULL)
        frame_mark(thread, 0);
}

/* FUNCTION has been entered, at SP and NOW, on the stack of THREAD. Returns its frame, or NULL if there is
 * none for it. */
static struct image_frame *enter_selected(struct thread *thread, uint64_t function, uint64_t call_site,
                                          uint64_t sp, uint64_t now)
{
    if (thread->shared->start_function == 0)
        thread->shared->start_function = function;
    stack_close_dead_at_entry(thread, function, call_site, sp, stack_time(thread, now));
    return filter_leaves_out(thread, function) ? NULL : stack_call(thread, function, call_site, sp);
}

/* Returns 1 if an entry of FUNCTION is not to be recorded, because of a pause. An entry to a stop function
 * begins one: open frames end at their thread's next event. */
static int is_in_pause(uint64_t function)
{
    if (process_start() == NULL)
        return 0;
    if (RARE(point_is_in(&points_stop, function)))
        gate_pause();
    return gate_is_paused();
}

COLD void event_enter(uint64_t function, uint64_t call_site, uint64_t sp)
{
    struct thread *thread = thread_self();
    struct image_frame *frame = NULL;
    struct slow slow;

    if (process_is_off() || slow_enter(&slow) != 0) {
        process_lose();
        return;
    }
    if (is_in_pause(function) || filter_excludes(function)) {
        slow_leave(&slow);
        return;
    }
    if (thread->top == NULL)
        thread = thread_start(sp);
    if (thread == NULL) {
        process_lose();
    } else {
        uint64_t now = thread_now(thread);

        context_forget(thread);
        take_samples(thread, sp);
        if (turns_catch_up(thread, sp, now) == 0) {
            thread = strand_select(thread, sp, &now);
            frame = enter_selected(thread, function, call_site, sp, now);
            thread_skip(thread, now);
        }
        sampler_skip(thread);
    }
    slow_leave(&slow);
    if (frame != NULL && frame->weight != 0)
        account_start(thread, frame, thread_now); /* from now on: the time of this slow path is ours */
}

/* Returns the frame that an exit of FUNCTION at SP belongs to, or NULL. Normally that is its nearest live
 * frame. A function that jumps to the hook has already given up its stack, so SP is above that of its entry:
 * its frame is then the outermost one below SP. */
static struct image_frame *frame_match(struct thread *thread, uint64_t function, uint64_t sp, int tail_jump)
{
    struct image_frame *below = NULL;

    for (struct image_frame *frame = thread->top; frame->below != 0; frame = frame_below(thread, frame)) {
        if (frame->sp == 0 || frame->record == 0)
            continue;
        if (frame->sp >= sp && tail_jump && below != NULL)
            return below;
        if ((frame->function & ~FRAME_MARKS) == function) {
            if (frame->sp >= sp || frame_is_inlined(thread, frame, sp))
                return frame;
            below = frame;
        }
    }
    return below;
}

/* FRAME is left by a return, or by an exception on its way up. The exception then goes on to the function
 * that FRAME's was inlined into. */
static void exit_to(struct thread *thread, const struct image_frame *frame, uint64_t now)
{
    uint64_t marks = frame->function;
    uint64_t sp = frame->sp;
    int unwinding;

    while (thread->top != frame) {
        marks |= thread->top->function; /* a region may have the mark */
        stack_pop(thread, now, 1);
    }
    unwinding = (marks & FRAME_UNWINDING) != 0;
    stack_pop(thread, now, unwinding);
    if (unwinding && thread->top->sp == sp)
        frame_mark(thread, 1);
    if (thread->shared->is_strand && stack_is_empty(thread)) {
        thread->idle = thread_now(thread);
        frame_watch(thread, thread->top);
    }
}

/* The exit of FUNCTION has no frame in THREAD. If it was entered before a profile was enabled, the native
 * state has its frame, for which no time has passed since. */
static void exit_unmatched(struct thread *thread, uint64_t function, uint64_t sp, int tail_jump, uint64_t now)
{
    const struct image_frame *frame;

    stack_close_dead(thread, sp, now);
    stack_pop_nest(thread);
    if (thread->shared->profile == 0)
        thread->shared->unmatched += !stack_is_empty(thread) || !gate_was_paused();
    else if ((frame = frame_match(thread->native, function, sp, tail_jump)) != NULL)
        exit_to(thread->native, frame, stack_time(thread->native, now));
}

int event_leave_region(uint64_t sp)
{
    struct thread *thread = thread_self();
    uint64_t now = thread->top != NULL ? thread_now(thread) : 0;
    const struct process *process;
    const struct image_frame *frame;
    int result = -1;
    struct slow slow;

    if (thread->top == NULL || slow_enter(&slow) != 0)
        return -1;
    process = process_self();
    if (turns_catch_up(thread, sp, now) != 0) {
        slow_leave(&slow);
        return -1;
    }
    thread = strand_select(thread, sp, &now);
    stack_close_dead(thread, sp, stack_time(thread, now));
    if (thread->shared->profile != 0 &&
        stack_is_empty(thread)) /* the region began before the profile was enabled */
        thread = thread->native;
    frame = frame_filled(thread, thread->top);
    if (frame->record != 0 && process != NULL && region_unit(process, frame->function & ~FRAME_MARKS) != 0) {
        exit_to(thread, frame, stack_time(thread, now));
        result = 0;
    }
    slow_leave(&slow);
    return result;
}

/* FUNCTION is left, at SP and NOW, on the stack of THREAD. */
static void leave_selected(struct thread *thread, uint64_t function, uint64_t sp, int tail_jump, uint64_t now)
{
    const struct image_frame *frame;

    if (stack_is_overflow(thread) && thread->top->sp >= sp) {
        stack_pop_overflow(thread, now);
    } else if ((frame = frame_match(thread, function, sp, tail_jump)) != NULL) {
        exit_to(thread, frame, now);
    } else {
        exit_unmatched(thread, function, sp, tail_jump, now);
    }
}

COLD void event_exit(uint64_t function, uint64_t sp, int tail_jump)
{
    struct thread *thread = thread_self();
    uint64_t accounted = thread->shared->accounted, paused = thread->paused;
    uint64_t now = thread_now(thread);
    struct slow slow;

    if (slow_enter(&slow) != 0)
        return;
    if (thread->shared->accounted != accounted || thread->paused != paused) /* a signal handler came in */
        now = thread_now(thread);
    context_forget(thread);
    take_samples(thread, sp);
    if (turns_catch_up(thread, sp, now) == 0) {
        thread = strand_select(thread, sp, &now);
        leave_selected(thread, function, sp, tail_jump, stack_time(thread, now));
        thread_skip(thread, now);
    }
    sampler_skip(thread);
    slow_leave(&slow);
}
