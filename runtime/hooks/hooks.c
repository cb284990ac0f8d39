/*
 * hooks.c - the two functions that instrumented code calls, as far as nearly every event goes. See hooks.h.
 *
 * Each touches a frame, its record and the record's function; in a recursion, the record's edge too. An entry
 * takes the record that the last call from its call site had, or that record's successor, or looks in a hash
 * table. The hooks call nothing, lock nothing and allocate nothing. A call that reads the clock continues in
 * clock_start() and clock_stop(), with another timer in timer_start() and timer_stop(). All else leaves by a
 * jump to events.c or shut.c. tests/runtime/hooks_test.sh disassembles this file to keep it so.
 *
 * A signal may arrive between any two instructions, and its handler's events run through here too. So a frame
 * is claimed before it is filled, and its sp is set last. A top frame without an sp sends the handler's event
 * to the slow path.
 *
 * The handler may also leave for good, by a jump or an exception. So every step leaves a frame that can be
 * closed (stack_unwind()), and a claimed one tells where its hook runs.
 */
#include "runtime/hooks/hooks.h"

#include "arch.h"
#include "clock.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/filter.h"
#include "runtime/gate/gate.h"
#include "runtime/hooks/events.h"
#include "runtime/hooks/shut.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/records/sample.h"
#include "runtime/stack/turns.h"
#include "runtime/timers/now.h"

/* The functions of this file have a section of their own, with its ends marked. Compilers write these lines
 * first, and the assembler puts subsection 1 behind all of subsection 0. */
#define HOOK __attribute__((section(".text.hooks")))
__asm__(".pushsection .text.hooks, 0, \"ax\", @progbits\n"
        ".hidden hooks_code_start\n.globl hooks_code_start\nhooks_code_start:\n.popsection\n"
        ".pushsection .text.hooks, 1\n"
        ".hidden hooks_code_end\n.globl hooks_code_end\nhooks_code_end:\n.popsection");

/* Finishes an entry whose call is timed. READ is thread_clock() or thread_timer(). Until all is known, the
 * call counts as not timed. */
static inline __attribute__((always_inline)) void start(struct thread *thread, struct image_frame *frame,
                                                        struct image_record *record, uint64_t sp,
                                                        uint64_t (*read)(struct thread *))
{
    uint32_t weight = sample_take(thread, record);
    uint64_t accounted;

    if (thread->sampled)
        frame_watch(thread, frame);
    frame->entry = account_read(thread, read, &accounted);
    ORDER();
    frame->sp = sp;
    ORDER();
    frame->accounted = accounted;
    ORDER();
    frame->weight = weight;
}

static COLD HOOK void timer_start(struct thread *thread, struct image_frame *frame,
                                  struct image_record *record, uint64_t sp)
{
    start(thread, frame, record, sp, thread_timer);
}

static HOOK __attribute__((noinline)) void clock_start(struct thread *thread, struct image_frame *frame,
                                                       struct image_record *record, uint64_t sp)
{
    if (RARE(thread->has_timer)) {
        timer_start(thread, frame, record, sp);
        return;
    }
    start(thread, frame, record, sp, thread_clock);
    if (thread->sampled) /* else the processor would do part of this while the function runs, and hide its
                            cost */
        clock_fence();
}

/* Finishes an entry whose record is known: the one at UNIT. */
static inline __attribute__((always_inline)) void enter_known(struct thread *thread,
                                                              struct image_frame *below, uint32_t unit,
                                                              uint64_t address, uint64_t call_site,
                                                              uint64_t sp, int filtered)
{
    struct image_record *record = image_at(thread->base, unit);
    struct image_function *function = image_at(thread->base, record->function);
    struct image_frame *frame = below + 1;
    uint32_t frame_unit = below->above;
    uint32_t depth = filtered ? below->depth + 1 : 0;

    if (RARE(frame_unit & FRAME_APART)) {
        frame_unit &= ~FRAME_APART;
        frame = image_at(thread->base, frame_unit);
    }
    if (filtered)
        frame->depth = depth;
    frame->accounted = sp;
    ORDER();
    thread->top = frame;
    ORDER();
    frame->function = address;
    frame->call_site = call_site;
    frame->record = unit;
    arch_add(&record->calls, 1);
    ORDER();
    frame->position = record->target;
    ORDER();
    account_open(thread->base, function, record, frame_unit, 1);
    if (record->calls >= record->next) {
        clock_start(thread, frame, record, sp);
        return;
    }
    frame->sp = sp;
}

/* Returns the unit below which the records of calls from FRAME hang. */
static inline uint32_t position_of(const struct thread *thread, const struct image_frame *frame, int filtered)
{
    return filtered ? filter_position(thread, frame, frame->position) : frame->position;
}

/* Returns 1 if the record UNIT is that of calls to ADDRESS from POSITION. */
static inline int record_is(const struct thread *thread, uint32_t unit, uint64_t address, uint32_t position)
{
    const struct image_record *record = image_at(thread->base, unit);
    const struct image_function *function = image_at(thread->base, record->function);

    return record->parent == position && function->address == address;
}

static COLD HOOK __attribute__((noinline)) void sampled_enter(uint64_t address, uint64_t call_site,
                                                              uint64_t sp);
static COLD HOOK __attribute__((noinline)) void sampled_exit(uint64_t address, void *call_site, uint64_t sp);

/* The last call from this call site was in another context. A program that has many contexts mostly comes to
 * them in the order of the time before: tries the record that followed then. The hash table holds them in no
 * order. When it is larger than the caches, each look into it waits for memory. */
static inline __attribute__((always_inline)) void enter_other(struct thread *thread, uint64_t address,
                                                              uint64_t call_site, uint64_t sp,
                                                              struct image_frame *below, int filtered)
{
    uint32_t *recent = thread_recent(thread, address, call_site);
    struct image_record *last = image_at(thread->base, *recent);
    uint32_t position = position_of(thread, below, filtered);
    uint32_t unit = last->successor;

    if (RARE(!record_is(thread, unit, address, position))) {
        unit = slot_find(thread, address, position)->unit;
        if (RARE(unit == 0)) {
            event_enter(address, call_site, sp);
            return;
        }
        last->successor = unit;
    }
    *recent = unit;
    enter_known(thread, below, unit, address, call_site, sp, filtered);
}

static HOOK __attribute__((noinline)) void other_enter(struct thread *thread, uint64_t address,
                                                       uint64_t call_site, uint64_t sp,
                                                       struct image_frame *below)
{
    enter_other(thread, address, call_site, sp, below, 0);
}

static HOOK __attribute__((noinline)) void other_filtered_enter(struct thread *thread, uint64_t address,
                                                                uint64_t call_site, uint64_t sp,
                                                                struct image_frame *below)
{
    enter_other(thread, address, call_site, sp, below, 1);
}

/*
 * Enters a function. With FILTERED, frames have a depth; a free frame may have one too.
 *
 * Most calls from a call site are made in the context of the last one, so they have its record; and most
 * frames are the next in memory. Where the processor predicts both, it need not wait for the stores of the
 * event before, which a look into the hash table depends on.
 */
static inline __attribute__((always_inline)) void enter(uint64_t address, uint64_t call_site, uint64_t sp,
                                                        int filtered)
{
    struct thread *thread = thread_self();
    struct image_frame *below = thread->top;
    uint32_t unit;

    if (RARE(below == NULL || below->above == 0 || sp > below->sp || sp < thread_low(thread))) {
        event_enter(address, call_site, sp);
        return;
    }
    if (RARE(thread_has_samples(thread))) {
        sampled_enter(address, call_site, sp);
        return;
    }
    unit = *thread_recent(thread, address, call_site);
    if (LIKELY(record_is(thread, unit, address, position_of(thread, below, filtered))))
        enter_known(thread, below, unit, address, call_site, sp, filtered);
    else
        (filtered ? other_filtered_enter : other_enter)(thread, address, call_site, sp, below);
}

EXPORTED HOOK void __cyg_profile_func_enter(void *function, void *call_site)
{
    if (RARE(__atomic_load_n(&gate.open, __ATOMIC_RELAXED) == 0)) {
        if (!gate_is_ignored())
            shut_enter(function, call_site, EVENT_SP());
        return;
    }
    enter((uint64_t)function, (uint64_t)call_site, EVENT_SP(), 0);
}

/* Gives up the top frame. Returns the sum that its time belongs to, as account_return() does, as long as no
 * handler can have taken the frame. */
static inline __attribute__((always_inline)) uint64_t *
frame_pop(struct thread *thread, struct image_frame *frame, struct image_frame *below)
{
    uint32_t unit = RARE(frame->below & FRAME_APART) ? below->above & ~FRAME_APART : frame->below + 1;
    uint64_t *sum = account_return(thread->base, image_at(thread->base, frame->record), unit);

    ORDER();
    thread->top = below;
    ORDER();
    frame->sp = 0;
    frame->position = 0;
    return sum;
}

/* Finishes an exit whose call is timed. */
static inline __attribute__((always_inline)) void stop(struct thread *thread, struct image_frame *frame,
                                                       struct image_frame *below,
                                                       uint64_t (*read)(struct thread *))
{
    struct image_record *record = image_at(thread->base, frame->record);
    uint64_t self, inclusive = account_stop(thread, frame, read, &self);

    if (thread->sampled)
        sample_learn(thread, record, frame, self, inclusive);
    frame->weight = 0;
    ORDER();
    frame->accounted = 0;
    account_add(thread, record, self, frame_pop(thread, frame, below), inclusive);
}

static COLD HOOK void timer_stop(struct thread *thread, struct image_frame *frame, struct image_frame *below)
{
    stop(thread, frame, below, thread_timer);
}

static HOOK __attribute__((noinline)) void clock_stop(struct thread *thread, struct image_frame *frame,
                                                      struct image_frame *below)
{
    if (RARE(thread->has_timer))
        timer_stop(thread, frame, below);
    else
        stop(thread, frame, below, thread_clock);
}

/* Stops the clock, where functions may be throttled, and hands the call to the judge. */
static HOOK __attribute__((noinline)) void chosen_stop(struct thread *thread, struct image_frame *frame,
                                                       struct image_frame *below)
{
    const uint64_t *self = &((struct image_record *)image_at(thread->base, frame->record))->self;
    uint64_t function = frame->function, before = *self;
    uint32_t weight = frame->weight;

    clock_stop(thread, frame, below);
    if (RARE(filter_throttles))
        filter_judge(thread, function, weight, *self - before);
}

/* Leaves a function. Many void functions end in a jump to the hook, having given up their stack. SP then lies
 * above that of the frame, up to that of its caller, and the hook that this is inlined into returns to where
 * the function would. */
static inline __attribute__((always_inline)) void leave(uint64_t address, void *call_site, uint64_t sp,
                                                        int filtered)
{
    struct thread *thread = thread_self();
    struct image_frame *frame = thread->top, *below;

    if (RARE(frame == NULL))
        return;
    if (RARE(thread_has_samples(thread))) {
        sampled_exit(address, call_site, sp);
        return;
    }
    if (RARE(frame->function != address || sp < thread_low(thread) ||
             (frame->sp < sp &&
              (__builtin_return_address(0) != call_site || frame_below(thread, frame)->sp < sp)))) {
        event_exit(address, sp, __builtin_return_address(0) == call_site);
        return;
    }
    below = RARE(frame->below & FRAME_APART) ? frame_below(thread, frame) : frame - 1;
    if (RARE(frame->weight != 0)) {
        (filtered ? chosen_stop : clock_stop)(thread, frame, below);
        return;
    }
    frame_pop(thread, frame, below);
}

EXPORTED HOOK void __cyg_profile_func_exit(void *function, void *call_site)
{
    if (RARE(__atomic_load_n(&gate.open, __ATOMIC_RELAXED) == 0)) {
        if (!gate_is_ignored())
            shut_exit(function, call_site, EVENT_SP());
        return;
    }
    leave((uint64_t)function, call_site, EVENT_SP(), 0);
}

/* ---- events after a sample of the kernel (timers/sampler.h) ---- */

static COLD HOOK void sampled_enter(uint64_t address, uint64_t call_site, uint64_t sp)
{
    if (turns_take_samples(thread_self(), sp))
        enter(address, call_site, sp, 1); /* a depth does no harm without filters */
    else
        event_enter(address, call_site, sp);
}

/* Reached by a jump from the hook: so it returns to where that would (leave()). */
static COLD HOOK void sampled_exit(uint64_t address, void *call_site, uint64_t sp)
{
    if (turns_take_samples(thread_self(), sp))
        leave(address, call_site, sp, 1);
    else
        event_exit(address, sp, __builtin_return_address(0) == call_site);
}

/* ---- events where not all functions are recorded (gate/filter.h) ---- */

/* Returns 1 if an event at SP of a throttled FUNCTION is to be left out. Events that may be on another stack
 * or above dead frames are for the slow path: returns 0. */
static inline int is_throttled(uint64_t function, uint64_t sp, int enters)
{
    const struct thread *thread = thread_self();
    const struct image_frame *frame = thread->top;

    return frame != NULL && sp >= thread_low(thread) && sp <= (enters ? frame->sp : thread->high) &&
           !filter_is_open(thread, function);
}

/* Each of these continues in the next by a jump. So the hook finds the stack as it was, and events of
 * excluded functions save no registers. */
static HOOK __attribute__((noinline)) void recorded_enter(void *function, void *call_site, uint64_t sp)
{
    enter((uint64_t)function, (uint64_t)call_site, sp, 1);
}

static HOOK __attribute__((noinline)) void throttled_enter(void *function, void *call_site, uint64_t sp)
{
    if (!is_throttled((uint64_t)function, sp, 1))
        recorded_enter(function, call_site, sp);
}

static COLD HOOK void unknown_enter(void *function, void *call_site, uint64_t sp)
{
    event_enter((uint64_t)function, (uint64_t)call_site, sp);
}

HOOK void filtered_enter(void *function, void *call_site, uint64_t sp)
{
    enum filter_state state = filter_look((uint64_t)function);

    if (state == FILTER_RECORDED)
        recorded_enter(function, call_site, sp);
    else if (state == FILTER_THROTTLED)
        throttled_enter(function, call_site, sp);
    else if (state == FILTER_UNKNOWN)
        unknown_enter(function, call_site, sp);
}

static HOOK __attribute__((noinline)) void recorded_exit(void *function, void *call_site, uint64_t sp)
{
    leave((uint64_t)function, call_site, sp, 1);
}

static HOOK __attribute__((noinline)) void throttled_exit(void *function, void *call_site, uint64_t sp)
{
    if (!is_throttled((uint64_t)function, sp, 0))
        recorded_exit(function, call_site, sp);
}

HOOK void filtered_exit(void *function, void *call_site, uint64_t sp)
{
    enum filter_state state = filter_look((uint64_t)function);

    if (state == FILTER_THROTTLED)
        throttled_exit(function, call_site, sp);
    else if (state != FILTER_EXCLUDED)
        recorded_exit(function, call_site, sp);
}
