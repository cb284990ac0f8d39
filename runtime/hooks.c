/*
 * hooks.c - the two functions that instrumented code calls, as far as nearly every event goes.
 *
 * Each touches the frame, the record and its function (and, when recursing, its edge), and probes one hash
 * table. They call nothing, lock nothing and allocate nothing; a call that reads the clock goes on in
 * clock_start() and clock_stop(), or where another timer is wanted in timer_start() and timer_stop(); and
 * whatever is out of the ordinary leaves by a jump to stack.c.
 * tests/hooks_test.sh disassembles this file to keep it so.
 *
 * A signal may arrive between any two instructions, and its handler's events run through here too. So a frame
 * is claimed before it is filled, its sp is set last, and one without an sp sends the handler's event to the
 * slow path.
 */
#include "account.h"
#include "arch.h"
#include "clock.h"
#include "runtime.h"
#include "sample.h"

#define EXPORTED __attribute__((visibility("default"), used))

HIDDEN __thread intptr_t thread_offset;
HIDDEN struct thread thread_none;

/* An instrumented ifunc resolver of another library may run before this one has been relocated, when not even
 * thread-local variables can be found: this pointer is then still NULL. */
static struct thread *volatile relocated = &thread_none;
uint64_t hooks_too_early;

/* This is a copy in another namespace (namespace.c), which seems not relocated for ever: events go to the
 * first one, by a jump, so that it finds the stack as it was. */
struct hooks hooks_elsewhere;

void hooks_forward(struct hooks first)
{
    hooks_elsewhere = first;
    __atomic_store_n(&relocated, NULL, __ATOMIC_RELEASE);
}

/* The rest of an entry whose call is timed; READ is thread_clock() or thread_timer(). */
static inline __attribute__((always_inline)) void start(struct thread *thread, struct image_frame *frame,
                                                        struct image_record *record, uint64_t sp,
                                                        uint64_t (*read)(struct thread *))
{
    frame->weight = sample_take(thread, record);
    frame_start(thread, frame, read);
    frame->sp = sp;
}

static COLD void timer_start(struct thread *thread, struct image_frame *frame, struct image_record *record,
                             uint64_t sp)
{
    start(thread, frame, record, sp, thread_timer);
}

static __attribute__((noinline)) void clock_start(struct thread *thread, struct image_frame *frame,
                                                  struct image_record *record, uint64_t sp)
{
    if (RARE(thread->has_timer)) {
        timer_start(thread, frame, record, sp);
        return;
    }
    start(thread, frame, record, sp, thread_clock);
    if (thread->sampled) /* so that none of this is done while the function runs, which would hide it */
        clock_fence();
}

EXPORTED void __cyg_profile_func_enter(void *function, void *call_site)
{
    struct thread *thread;
    struct image_frame *frame;
    uint64_t address = (uint64_t)function;
    uint64_t sp = EVENT_SP();
    struct image_record *record;
    struct slot *slot;
    uint64_t index;

    if (RARE(relocated == NULL)) {
        if (hooks_elsewhere.enter != NULL)
            hooks_elsewhere.enter(function, call_site);
        else
            hooks_too_early++;
        return;
    }
    thread = thread_self();
    frame = thread->top;
    if (RARE(frame == NULL || frame->above == 0 || sp > frame->sp || sp < thread_low(thread))) {
        stack_enter(address, (uint64_t)call_site, sp);
        return;
    }
    index = slot_hash(address, frame->position);
    for (;;) {
        slot = &thread->slots[index & thread->slot_mask];
        if (LIKELY(slot->function == address && slot->position == frame->position))
            break;
        if (RARE(slot->unit == 0)) {
            stack_enter(address, (uint64_t)call_site, sp);
            return;
        }
        index++;
    }
    frame = image_at(thread->base, frame->above);
    thread->top = frame;
    ORDER();
    record = image_at(thread->base, slot->unit);
    frame->function = address;
    frame->call_site = (uint64_t)call_site;
    frame->record = slot->unit;
    account_call(thread->base, record);
    frame->position = record->target;
    ORDER();
    if (record->calls >= record->next) {
        clock_start(thread, frame, record, sp);
        return;
    }
    frame->sp = sp;
}

/* Gives up the top frame, and takes CALLEES from its time: what handlers add to it in between stays. */
static inline void frame_pop(struct thread *thread, struct image_frame *frame, struct image_frame *below,
                             uint64_t callees)
{
    arch_add(&frame->callees, -callees);
    thread->top = below;
    ORDER();
    frame->sp = 0;
    frame->position = 0;
}

/* The rest of an exit whose call is timed. */
static inline __attribute__((always_inline)) void stop(struct thread *thread, struct image_frame *frame,
                                                       struct image_frame *below,
                                                       uint64_t (*read)(struct thread *))
{
    struct image_record *record = image_at(thread->base, frame->record);
    uint64_t callees = frame->callees;
    uint64_t now = read(thread) - thread->paused;
    uint64_t self, late;

    while (RARE(frame->callees != callees)) { /* a handler has come in between: its time is this call's */
        callees = frame->callees;
        ORDER();
        now = read(thread) - thread->paused;
    }
    self = now - frame->entry - callees;
    if (thread->sampled)
        sample_learn(thread, record, (int64_t)self, callees == 0, frame->weight);
    frame->weight = 0;
    frame_pop(thread, frame, below, callees);
    late = frame->callees; /* some may still have come, before the frame was given up */
    arch_add(&frame->callees, -late);
    arch_add(&record->self, self);
    account_inclusive(account_return(thread->base, record), self + callees);
    arch_add(&below->callees, self + callees + late);
}

static COLD void timer_stop(struct thread *thread, struct image_frame *frame, struct image_frame *below)
{
    stop(thread, frame, below, thread_timer);
}

static __attribute__((noinline)) void clock_stop(struct thread *thread, struct image_frame *frame,
                                                 struct image_frame *below)
{
    if (RARE(thread->has_timer))
        timer_stop(thread, frame, below);
    else
        stop(thread, frame, below, thread_clock);
}

/*
 * Many a void function ends in a jump to this hook, having given up its stack: sp then lies above its
 * frame's, up to that of its caller, and the hook returns to where the function would have.
 */
EXPORTED void __cyg_profile_func_exit(void *function, void *call_site)
{
    struct thread *thread;
    struct image_frame *frame, *below;
    uint64_t sp = EVENT_SP();
    struct image_record *record;
    uint64_t callees, ticks;

    if (RARE(relocated == NULL)) {
        if (hooks_elsewhere.exit != NULL)
            hooks_elsewhere.exit(function, call_site);
        return;
    }
    thread = thread_self();
    frame = thread->top;
    if (RARE(frame == NULL))
        return;
    if (RARE(frame->function != (uint64_t)function || sp < thread_low(thread) ||
             (frame->sp < sp &&
              (__builtin_return_address(0) != call_site || frame_below(thread, frame)->sp < sp)))) {
        stack_exit((uint64_t)function, sp, __builtin_return_address(0) == call_site);
        return;
    }
    below = frame_below(thread, frame);
    if (frame->weight != 0) {
        clock_stop(thread, frame, below);
        return;
    }
    record = image_at(thread->base, frame->record);
    callees = frame->callees;
    frame_pop(thread, frame, below, callees);
    arch_add(&record->self, (uint64_t)record->typical);
    ticks = callees + (uint64_t)record->typical;
    account_inclusive(account_return(thread->base, record), ticks);
    arch_add(&below->callees, ticks);
}
