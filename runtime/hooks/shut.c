/*
 * shut.c - events at a shut gate. See shut.h; gate.h says when the gate is shut.
 */
#include "runtime/hooks/shut.h"

#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/turn.h"
#include "runtime/gate/gate.h"
#include "runtime/gate/points.h"
#include "runtime/hooks/events.h"
#include "runtime/hooks/hooks.h"
#include "runtime/hooks/start.h"
#include "runtime/stack/turns.h"
#include "runtime/timers/now.h"

uint64_t hooks_too_early;

struct hooks hooks_elsewhere;

void hooks_forward(struct hooks first)
{
    hooks_elsewhere = first;
    __atomic_store_n(&gate.state, IMAGE_GATE_ELSEWHERE, __ATOMIC_RELEASE);
    __atomic_store_n(&gate.open, 0, __ATOMIC_RELEASE);
}

/* Returns 1 if the thread ignores its events in CONDITION, perhaps but for entries to functions that end a
 * pause. */
static inline int is_ignored(uint64_t condition)
{
    return gate_state(condition) == IMAGE_GATE_PAUSED && (gate_ignored() & ~GATE_BUT_STARTS) == condition;
}

/* Does what the gate was shut for. Returns 1 if the event, at SP, is to be recorded. */
static int is_recorded(uint64_t sp)
{
    struct thread *thread = thread_self();
    uint64_t condition = __atomic_load_n(&gate.condition, __ATOMIC_ACQUIRE);
    uint64_t ignored = points_start.count != 0 ? condition | GATE_BUT_STARTS : condition;
    struct process *process;
    struct slow slow;
    int result = 0;

    if (process_is_off() || slow_enter(&slow) != 0)
        return 0;
    process = process_start();
    if (process != NULL && gate_is_paused()) {
        if (thread->top == NULL)
            process->ignores = ignored;
        else if (turns_catch_up(thread, sp, thread_now(thread)) == 0)
            thread->ignores = ignored;
    } else if (process != NULL) {
        gate_open(process);
        result = 1;
    }
    slow_leave(&slow);
    return result;
}

static COLD void enter_slowly(void *function, void *call_site, uint64_t sp)
{
    int is_start = point_is_in(&points_start, (uint64_t)function);

    if (is_start)
        turn_resume(&gate);
    if (__atomic_load_n(&gate.state, __ATOMIC_RELAXED) == IMAGE_GATE_ELSEWHERE)
        hooks_elsewhere.enter(function, call_site);
    else if (gate_is_too_early())
        hooks_too_early++;
    else if (is_recorded(sp)) {
        event_enter((uint64_t)function, (uint64_t)call_site, sp);
        if (is_start)
            event_mark_starter((uint64_t)function);
    }
}

void shut_enter(void *function, void *call_site, uint64_t sp)
{
    uint64_t condition = __atomic_load_n(&gate.condition, __ATOMIC_RELAXED);

    if (LIKELY(condition == gate_filtered))
        filtered_enter(function, call_site, sp);
    else if (!is_ignored(condition) || point_is_in(&points_start, (uint64_t)function))
        enter_slowly(function, call_site, sp);
}

static COLD void exit_slowly(void *function, void *call_site, uint64_t sp)
{
    if (__atomic_load_n(&gate.state, __ATOMIC_RELAXED) == IMAGE_GATE_ELSEWHERE)
        hooks_elsewhere.exit(function, call_site);
    else if (gate_is_too_early() || !is_recorded(sp) || thread_self()->top == NULL)
        return;
    else if (gate_has_filters)
        filtered_exit(function, call_site, sp);
    else
        event_exit((uint64_t)function, sp, __builtin_return_address(0) == call_site);
}

void shut_exit(void *function, void *call_site, uint64_t sp)
{
    uint64_t condition = __atomic_load_n(&gate.condition, __ATOMIC_RELAXED);

    if (LIKELY(condition == gate_filtered))
        filtered_exit(function, call_site, sp);
    else if (!is_ignored(condition))
        exit_slowly(function, call_site, sp);
}
