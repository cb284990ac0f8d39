/*
 * gate.c - what becomes of events while the gate is shut. See gate.h.
 *
 * It is shut before this library has been relocated: an instrumented ifunc resolver of another library may
 * run then, when not even thread-local variables can be found. So the pointer is NULL in the file, and so is
 * `opened`. It is shut for good in a copy of the library in another namespace (namespace.c), whose events go
 * to the first one, by a jump, so that it finds the stack as it was. It is shut while recording is paused.
 * And where not all functions are recorded it is never open: as long as there is nothing else to do, events
 * go on to the filters, so that these cost nothing where there are none.
 */
#include "runtime/gate/gate.h"

#include <string.h>
#include <sys/mman.h>

#include "runtime/gate/filter.h"
#include "runtime/gate/points.h"
#include "runtime/records/account.h"
#include "runtime/system/system.h"

enum { POSTPONED_MOST = 1000 };

/* The page is the parent's in a forked child, until that starts an image of its own. */
HIDDEN struct image_gate gate __attribute__((aligned(IMAGE_GATE_SIZE))) = {
    .open = (uint64_t)&thread_none, .opened = (uint64_t)&thread_none, .state = IMAGE_GATE_RUNNING};

uint64_t hooks_too_early;

struct hooks hooks_elsewhere;

/* The condition in which events go through the filters, if there are any. */
#define NEVER UINT64_MAX
static uint64_t filtered = NEVER;
static int has_filters;

static int was_paused; /* this process, or one that it has been forked from */

void hooks_forward(struct hooks first)
{
    hooks_elsewhere = first;
    __atomic_store_n(&gate.state, IMAGE_GATE_ELSEWHERE, __ATOMIC_RELEASE);
    __atomic_store_n(&gate.open, 0, __ATOMIC_RELEASE);
}

/* The gate's when there is nothing to do. */
static uint64_t running_condition(void)
{
    const uint32_t parts[] = {IMAGE_GATE_RUNNING, gate.obeyed}; /* state and turn */
    uint64_t condition;

    _Static_assert(sizeof parts == sizeof condition, "a condition is two words");
    memcpy(&condition, parts, sizeof condition);
    return condition;
}

/* Opens the gate, unless it is shut for something. */
static void gate_release(void)
{
    if (has_filters) {
        __atomic_store_n(&filtered, running_condition(), __ATOMIC_SEQ_CST);
        return;
    }
    __atomic_store_n(&gate.open, gate.opened, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&gate.state, __ATOMIC_SEQ_CST) != IMAGE_GATE_RUNNING ||
        __atomic_load_n(&gate.turn, __ATOMIC_SEQ_CST) != gate.obeyed)
        __atomic_store_n(&gate.open, 0, __ATOMIC_SEQ_CST);
}

void gate_filter(void)
{
    has_filters = 1;
    __atomic_store_n(&gate.open, 0, __ATOMIC_RELEASE);
    gate_release();
}

void gate_map(struct process *process, int descriptor)
{
    struct image_gate *page = (struct image_gate *)(process->base + IMAGE_HEADER_SIZE);
    long result;

    *page = (struct image_gate){
        .open = has_filters ? 0 : gate.opened, .opened = gate.opened, .state = IMAGE_GATE_RUNNING};
    was_paused = gate_was_paused();
    result = SYSTEM_CALL(SYS_mmap, &gate, sizeof gate, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
                         descriptor, IMAGE_HEADER_SIZE);
    if (result == (long)&gate)
        process->header->gate = IMAGE_HEADER_SIZE / IMAGE_UNIT;
    gate_release();
}

int gate_was_paused(void)
{
    return was_paused || gate.pauses != 0;
}

void gate_pause(void)
{
    turn_pause(&gate, timer_clock());
}

struct image_costs gate_calibrate(enum image_reads reads)
{
    struct image_costs costs;

    if (has_filters)
        filtered = gate.condition;
    else
        __atomic_store_n(&gate.open, gate.opened, __ATOMIC_SEQ_CST);
    costs = calibrate(reads);
    gate_release();
    return costs;
}

/* Is one of the turns after OBEYED a reset? */
static int has_reset(uint32_t obeyed)
{
    while (obeyed != gate.turn)
        if (turn_get(&gate, ++obeyed).kind == IMAGE_TURN_RESET)
            return 1;
    return 0;
}

/* Sends all threads to the slow path, where they take the turns that they have missed, and opens the gate.
 */
static void gate_open(struct process *process)
{
    uint32_t state = IMAGE_GATE_RESUMING;

    process_lock_retired(process);
    if (__atomic_compare_exchange_n(&gate.state, &state, IMAGE_GATE_RUNNING, 0, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST))
        turn_add(&gate, IMAGE_TURN_RESUME, timer_clock());
    if (!gate_is_paused()) {
        if (has_reset(gate.obeyed))
            process->header->lost = 0;
        gate.obeyed = __atomic_load_n(&gate.turn, __ATOMIC_SEQ_CST);
        for (struct thread *thread = process->live; thread != NULL; thread = thread->live_after)
            thread_send(__atomic_load_n(&thread->current, __ATOMIC_SEQ_CST));
        gate_release();
    }
    process_unlock_retired(process);
}

/* When the thread takes a turn that was taken at TICKS, on its stack's own timer: then, if that is the clock,
 * or now. */
static uint64_t turn_time(const struct thread *thread, uint64_t ticks, uint64_t now)
{
    const struct image_header *header = (const struct image_header *)thread->base;
    uint64_t when = header->timer == IMAGE_TIMER_CLOCK && ticks < now ? ticks : now;

    if (thread->suspended != 0 && thread->suspended < when)
        when = thread->suspended;
    return when > thread->paused ? when - thread->paused : 0;
}

/* A pause closes frames, and a reset begins them anew, which a hook that a signal handler has interrupted
 * would not expect. A handler returns soon, and is not recorded until then; but what looks like one on the
 * stack may also be left from one that has returned. */
static int must_postpone(struct thread *thread, uint64_t sp)
{
    if (!strand_holds_hook(thread, sp) || thread->postponed++ >= POSTPONED_MOST)
        return 0;
    thread_send(thread);
    return 1;
}

int gate_catch_up(struct thread *thread, uint64_t sp, uint64_t now)
{
    uint32_t newest = __atomic_load_n(&gate.turn, __ATOMIC_ACQUIRE);

    if (LIKELY(thread->turn == newest))
        return 0;
    if (must_postpone(thread, sp))
        return -1;
    thread->postponed = 0;
    while (thread->turn != newest) {
        struct image_turn turn = turn_get(&gate, thread->turn + 1);

        if (turn.kind == IMAGE_TURN_PAUSE)
            stack_close_all(thread, turn_time(thread, turn.ticks, now));
        else if (turn.kind == IMAGE_TURN_RESET)
            thread_reset(thread, turn_time(thread, turn.ticks, now));
        thread_set_turn(thread, thread->turn + 1);
    }
    return 0;
}

/* As gate_is_ignored(), but for functions that end a pause: those are for the caller to look at. */
static inline int is_ignored(uint64_t condition)
{
    return gate_state(condition) == IMAGE_GATE_PAUSED && (gate_ignored() & ~GATE_BUT_STARTS) == condition;
}

/* Does what the gate was shut for. Is the event, at SP, to be recorded? */
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
    process = process_self();
    if (process != NULL && gate_is_paused()) {
        if (thread->top == NULL)
            process->ignores = ignored;
        else if (gate_catch_up(thread, sp, thread_now(thread)) == 0)
            thread->ignores = ignored;
    } else if (process != NULL) {
        gate_open(process);
        result = 1;
    }
    slow_leave(&slow);
    return result;
}

static COLD void shut_enter(void *function, void *call_site, uint64_t sp)
{
    int is_start = point_is_in(&points_start, (uint64_t)function);

    if (is_start)
        turn_resume(&gate);
    if (gate.state == IMAGE_GATE_ELSEWHERE)
        hooks_elsewhere.enter(function, call_site);
    else if (gate.opened == 0)
        hooks_too_early++;
    else if (is_recorded(sp)) {
        stack_enter((uint64_t)function, (uint64_t)call_site, sp);
        if (is_start)
            stack_mark_starter((uint64_t)function);
    }
}

void gate_enter(void *function, void *call_site, uint64_t sp)
{
    uint64_t condition = __atomic_load_n(&gate.condition, __ATOMIC_RELAXED);

    if (LIKELY(condition == filtered))
        filtered_enter(function, call_site, sp);
    else if (!is_ignored(condition) || point_is_in(&points_start, (uint64_t)function))
        shut_enter(function, call_site, sp);
}

static COLD void shut_exit(void *function, void *call_site, uint64_t sp)
{
    if (gate.state == IMAGE_GATE_ELSEWHERE)
        hooks_elsewhere.exit(function, call_site);
    else if (gate.opened == 0 || !is_recorded(sp) || thread_self()->top == NULL)
        return;
    else if (has_filters)
        filtered_exit(function, call_site, sp);
    else
        stack_exit((uint64_t)function, sp, __builtin_return_address(0) == call_site);
}

void gate_exit(void *function, void *call_site, uint64_t sp)
{
    uint64_t condition = __atomic_load_n(&gate.condition, __ATOMIC_RELAXED);

    if (LIKELY(condition == filtered))
        filtered_exit(function, call_site, sp);
    else if (!is_ignored(condition))
        shut_exit(function, call_site, sp);
}
