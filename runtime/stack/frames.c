/*
 * frames.c - the shadow stack of a thread. See frames.h.
 *
 * A shadow stack is a chain of frames in the image. Frames never move: an interrupted hook may be about to
 * fill one. The one pointer to the innermost frame is all of its state: a signal handler that comes in
 * between leaves that as it was. Without space for more frames, a frame that is kept for the purpose stands
 * for all further activations, which thread.overflow counts.
 *
 * Stacks grow down. A frame whose sp lies below that of the running code is dead: its function was left
 * without its exit hook (but see frame_is_inlined()). A frame with an equal sp is alive: one of the two
 * functions was inlined into the other. alloca lowers sp between entry and exit of one activation.
 */
#include "runtime/stack/frames.h"

#include "runtime/core/process.h"
#include "runtime/core/space.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/filter.h"
#include "runtime/gate/gate.h"
#include "runtime/gate/points.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/records/regions.h"
#include "runtime/records/sample.h"
#include "runtime/timers/now.h"

enum {
    FRAMES_LARGEST = 16 * 1024, /* of a block */
    DEFERRED_MOST = 1024,       /* bytes of arguments that may still be on the stack after a call */
    INLINED_MOST = 64,          /* more calls of a function than compilers inline into each other */
};

/* Returns the unit below which the records of calls from FRAME hang. A frame that its hook has not filled yet
 * may not know its own: the next one below tells. */
static uint32_t frame_position(const struct thread *thread, const struct image_frame *frame)
{
    while (frame->position == 0)
        frame = frame_below(thread, frame);
    return frame->position;
}

/* Returns that unit for the next call, from the top frame. */
static uint32_t call_position(const struct thread *thread)
{
    return filter_position(thread, thread->top, frame_position(thread, thread->top));
}

const struct image_frame *frame_filled(const struct thread *thread, const struct image_frame *frame)
{
    while (frame->sp == 0)
        frame = frame_below(thread, frame);
    return frame;
}

static void frames_chain(struct thread *thread, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct image_frame *frame = image_at(thread->base, first + i);

        frame->below = i > 0 ? first + i - 1 : 0;
        frame->above = i + 1 < count ? first + i + 1 : 0;
    }
    thread->frame_block = count;
}

void stack_start(struct thread *thread, uint32_t first, uint32_t count)
{
    frames_chain(thread, first, count);
    thread->top = image_at(thread->base, first);
    thread->top->position = thread->shared->root;
}

void stack_place(struct thread *thread, struct stack_bounds bounds)
{
    thread->bounds = bounds;
    thread_set_low(thread, bounds.low);
    thread->high = bounds.high;
    thread->top->sp = bounds.high;
}

uint64_t stack_pointer(const struct thread *thread)
{
    return frame_filled(thread, thread->top)->sp;
}

uint64_t stack_outermost(const struct thread *thread)
{
    const struct image_frame *bottom = image_at(thread->base, thread->shared->stack);
    const struct image_frame *frame = frame_above(thread, bottom);

    return stack_is_empty(thread) ? 0 : frame->sp;
}

int stack_is_empty(const struct thread *thread)
{
    return thread->top->below == 0;
}

/* Makes a free frame above the top one, unless there is one. Returns -1 without space. */
static int frames_reserve(struct thread *thread)
{
    struct image_frame *top = thread->top;
    struct process *process = process_self();
    uint32_t count = thread->frame_block < FRAMES_LARGEST ? 2 * thread->frame_block : FRAMES_LARGEST;
    uint32_t first;

    if (top->above != 0)
        return 0;
    if (thread->overflow != 0 || process == NULL ||
        (first = space_allocate(process, count * sizeof *top)) == 0)
        return -1;
    frames_chain(thread, first, count);
    ((struct image_frame *)image_at(thread->base, first))->below =
        image_unit(thread->base, top) | FRAME_APART;
    __atomic_store_n(&top->above, first | FRAME_APART, __ATOMIC_RELEASE);
    return 0;
}

int stack_nest(struct thread *thread, struct stack_bounds bounds)
{
    struct image_frame *bottom;

    if (frames_reserve(thread) != 0)
        return -1;
    bottom = frame_above(thread, thread->top);
    bottom->function = thread->true_low;
    bottom->entry = thread->high;
    bottom->call_site = bounds.high; /* not 0: a call may begin (frame_watch()) */
    bottom->record = 0;
    bottom->position = frame_position(thread, thread->top);
    bottom->depth = thread->top->depth;
    bottom->sp = bounds.high;
    thread->top = bottom;
    thread_set_low(thread, bounds.low);
    thread->high = bounds.high;
    thread->nested++;
    return 0;
}

static int is_nest(const struct image_frame *frame)
{
    return frame->record == 0 && frame->below != 0 && frame->sp != 0;
}

/* Done as soon as the handler's last frame has gone, not at the next event: the handler may have interrupted
 * a hook, which must find the stack as it was. */
void stack_pop_nest(struct thread *thread)
{
    struct image_frame *bottom = thread->top;

    if (!is_nest(bottom))
        return;
    thread_set_low(thread, bottom->function);
    thread->high = bottom->entry;
    thread->nested--;
    thread->top = frame_below(thread, bottom);
    bottom->sp = 0;
    bottom->position = 0;
    bottom->function = 0;
}

static int frame_is_overflow(const struct thread *thread, const struct image_frame *frame)
{
    return image_unit(thread->base, frame) == thread->shared->overflow;
}

/* FRAME, whose call is timed, ends at NOW. SUM is the counter of its ticks with callees, or NULL. */
static void frame_stop(struct thread *thread, const struct image_frame *frame, uint64_t now, uint64_t *sum)
{
    struct image_record *record = image_at(thread->base, frame->record);
    uint64_t inclusive = now > frame->entry ? now - frame->entry : 0;
    uint64_t callees = thread->shared->accounted - frame->accounted;
    uint64_t self = inclusive > callees ? inclusive - callees : 0;

    if (thread->sampled)
        sample_learn(thread, record, frame, self, inclusive);
    account_add(thread, record, self, sum, inclusive);
}

/* FRAME is left. If its call started the recording, and no function is to stop it, the recording stops here.
 */
static void starter_leave(struct thread *thread, const struct image_frame *frame)
{
    if (thread->starter != image_unit(thread->base, frame))
        return;
    thread->starter = 0;
    if (!points_stop.is_wanted)
        gate_pause();
}

static void count_unwound(struct thread *thread, struct image_record *record)
{
    struct image_details *details;

    if (record == image_at(thread->base, thread->deep))
        return;
    if ((details = context_details(thread, record)) != NULL)
        details->unwound++;
    thread->shared->unwound++;
}

void stack_pop(struct thread *thread, uint64_t now, int unwound)
{
    struct image_frame *frame = thread->top;

    if (frame_is_overflow(thread, frame))
        thread->overflow = 0;
    starter_leave(thread, frame);
    if (frame->position != 0) {
        struct image_record *record = image_at(thread->base, frame->record);
        uint64_t *sum = account_return(thread->base, record, image_unit(thread->base, frame));

        if (frame->weight != 0 && frame->sp != 0)
            frame_stop(thread, frame, now, sum);
        if (unwound)
            count_unwound(thread, record);
    }
    frame->weight = 0;
    frame->accounted = 0;
    frame->sp = 0;
    frame->position = 0;
    thread->top = frame_below(thread, frame);
    stack_pop_nest(thread);
}

/* Returns 1 if the hook that has claimed the top frame is left by a jump to SP: its own frame lies just below
 * that of the function that called it. */
static int top_is_abandoned(const struct thread *thread, uint64_t sp)
{
    return thread->top->sp == 0 && thread->top->accounted <= sp;
}

/* Frees the frame above the top one for good: the exit hook that gave it up may never come to that. */
static void free_above(struct thread *thread)
{
    struct image_frame *frame;

    if (thread->top->above == 0)
        return;
    frame = frame_above(thread, thread->top);
    frame->sp = 0;
    frame->position = 0;
}

void stack_unwind(struct thread *thread, uint64_t sp, uint64_t now)
{
    free_above(thread);
    while (stack_pointer(thread) < sp || top_is_abandoned(thread, sp))
        stack_pop(thread, now, 1);
}

/* gcc may leave the arguments of a call on the stack for a while (-fdefer-pop). An inlined function that is
 * entered before they are taken off is left after that. It has the call site of the function that it was
 * inlined into, which is alive. */
int frame_is_inlined(const struct thread *thread, const struct image_frame *frame, uint64_t sp)
{
    const struct image_frame *host = frame;

    if (sp - frame->sp > DEFERRED_MOST)
        return 0;
    while (host->sp < sp && host->record != 0 && host->call_site == frame->call_site)
        host = frame_filled(thread, frame_below(thread, host));
    return host->sp >= sp && host->record != 0 && host->call_site == frame->call_site &&
           (host->function & ~FRAME_MARKS) != (frame->function & ~FRAME_MARKS);
}

void stack_close_dead(struct thread *thread, uint64_t sp, uint64_t now)
{
    while (stack_pointer(thread) < sp && !frame_is_inlined(thread, frame_filled(thread, thread->top), sp))
        stack_pop(thread, now, 1);
}

/* Returns 1 if FRAME is of a call to FUNCTION from CALL_SITE at SP. */
static int frame_is_of(const struct image_frame *frame, uint64_t function, uint64_t call_site, uint64_t sp)
{
    return frame->sp == sp && frame->call_site == call_site && (frame->function & ~FRAME_MARKS) == function;
}

/* Closes frames that are equal to the top one, if there are more of them than can be inlined into each other:
 * all but one. */
static void pile_close(struct thread *thread, uint64_t now)
{
    const struct image_frame top = *thread->top, *frame = thread->top;
    uint64_t function = top.function & ~FRAME_MARKS;
    int count = 0;

    while (frame->record != 0 && count <= INLINED_MOST &&
           frame_is_of(frame, function, top.call_site, top.sp)) {
        frame = frame_below(thread, frame);
        count++;
    }
    if (count <= INLINED_MOST)
        return;
    while (frame_is_of(frame_below(thread, thread->top), function, top.call_site, top.sp))
        stack_pop(thread, now, 1);
}

/* Returns 1 if WORD is on the stack from START to before END. */
static int stack_has_word(uint64_t word, uint64_t start, uint64_t end)
{
    for (const uint64_t *at = (const uint64_t *)start; (uint64_t)at < end; at++)
        if (*at == word)
            return 1;
    return 0;
}

/*
 * Returns 1 if the top frame was left by a jump that nobody has seen. Code has been called from CALL_SITE,
 * and SP is its stack pointer. Its frame reaches up to its return address, which is CALL_SITE. If the top
 * frame's SP is within that, its function is no more: it could have called nothing from there. A word that
 * only looks like the return address hides that, but proves nothing wrong. All words that are read lie below
 * the true one.
 *
 * An inlined function lies in the frame of its host, and has its call site. Its SP may be below that of its
 * host (frame_is_inlined()). So may a region's.
 */
static int top_is_left(const struct thread *thread, uint64_t call_site, uint64_t sp)
{
    const struct image_frame *frame = thread->top;

    return frame->sp >= sp && frame->record != 0 && frame->call_site != call_site &&
           frame_below(thread, frame)->call_site != frame->call_site &&
           !stack_has_word(call_site, sp + HOOK_FRAME, frame->sp + HOOK_FRAME) &&
           (process_self() == NULL || region_unit(process_self(), frame->function & ~FRAME_MARKS) == 0);
}

/* If calls that FUNCTION made were left, so was FUNCTION, for it is entered once more. */
void stack_close_dead_at_entry(struct thread *thread, uint64_t function, uint64_t call_site, uint64_t sp,
                               uint64_t now)
{
    const struct image_frame *top = thread->top;

    stack_close_dead(thread, sp, now);
    while (top_is_left(thread, call_site, sp) ||
           (thread->top != top && frame_is_of(thread->top, function, call_site, sp)))
        stack_pop(thread, now, 1);
    pile_close(thread, now);
}

void frame_mark(struct thread *thread, int unwinding)
{
    struct image_frame *frame = thread->top;

    if (frame->sp != 0 && frame->record != 0 && frame->function != 0)
        frame->function = (frame->function & ~FRAME_UNWINDING) | (unwinding ? FRAME_UNWINDING : 0);
}

void stack_unwind_all(struct thread *thread, uint64_t now)
{
    while (!stack_is_empty(thread))
        stack_pop(thread, now, 1);
}

void stack_close_all(struct thread *thread, uint64_t now)
{
    thread->starter = 0;
    stack_pop_nest(thread);
    while (!stack_is_empty(thread))
        stack_pop(thread, now, 0);
}

void stack_unnest(struct thread *thread, uint64_t now)
{
    while (thread->nested > 0)
        stack_pop(thread, now, 1);
}

/* Notes that a call of RECORD has begun in FRAME. IS_COUNTED: the call is new. */
static void call_open(struct thread *thread, const struct image_record *record,
                      const struct image_frame *frame, int is_counted)
{
    account_open(thread->base, image_at(thread->base, record->function), record,
                 image_unit(thread->base, frame), is_counted);
}

/* Fills FRAME and makes it the top. RECORD is its record, or the thread's spare one. RESUMED: the call was
 * counted before, in another process or state. */
static void frame_push(struct thread *thread, struct image_frame *frame, uint64_t function, uint32_t record,
                       uint64_t sp, int resumed)
{
    struct image_record *context = image_at(thread->base, record);

    frame->position = record == thread->shared->spare ? frame_position(thread, thread->top) : context->target;
    frame->depth = thread->top->depth + 1;
    frame->function = function;
    frame->record = record;
    context->calls += !resumed;
    call_open(thread, context, frame, !resumed);
    thread->top = frame;
    frame->weight = context->calls >= context->next ? sample_take(thread, context) : 0;
    frame_watch(thread, frame);
    if (frame->weight != 0)
        account_start(thread, frame, thread_now);
    frame->sp = sp;
}

int stack_resume(struct thread *thread, uint64_t function, uint64_t call_site, uint64_t sp)
{
    uint32_t record = context_record(thread, call_position(thread), function);

    if (record == 0 || frames_reserve(thread) != 0)
        return -1;
    frame_push(thread, frame_above(thread, thread->top), function, record, sp, 1);
    thread->top->call_site = call_site;
    return 0;
}

static void frame_restart(struct thread *thread, struct image_frame *frame, uint64_t now)
{
    struct image_record *record = image_at(thread->base, frame->record);

    if (frame->record == 0 || frame->position == 0) /* a bottom, or not counted yet */
        return;
    record->calls += !frame_is_overflow(thread, frame);
    call_open(thread, record, frame, 1);
    frame->weight = thread->first_reading == 0;
    frame->accounted = thread->shared->accounted;
    frame->entry = now;
}

void stack_restart(struct thread *thread, uint64_t now)
{
    struct image_frame *frame = image_at(thread->base, thread->shared->stack);

    frame_restart(thread, frame, now);
    while (frame != thread->top) {
        frame = frame->above != 0 ? frame_above(thread, frame) : thread->top;
        frame_restart(thread, frame, now);
    }
}

void stack_hand_over(struct thread *thread, uint64_t sp, uint64_t now, struct thread *to)
{
    const struct image_frame *frame = image_at(thread->base, thread->shared->stack);

    stack_close_dead(thread, sp, now);
    while (frame != thread->top) {
        frame = frame_above(thread, frame);
        if (frame->sp == 0 || frame->record == 0 || frame->function == 0)
            continue;
        stack_close_dead(to, frame->sp, stack_time(to, thread_now(to)));
        if (stack_resume(to, frame->function & ~FRAME_MARKS, frame->call_site, frame->sp) != 0)
            break;
    }
    while (!stack_is_empty(thread))
        stack_pop(thread, now, 0);
}

/* Counts a call for which there is a record but no frame. Its time stays with its caller. */
static void overflow_enter(struct thread *thread, uint32_t record, uint64_t sp)
{
    struct image_record *context = image_at(thread->base, record);
    struct image_record *spare = image_at(thread->base, thread->shared->spare);
    struct image_frame *frame = image_at(thread->base, thread->shared->overflow);

    context->calls++;
    call_open(thread, context, frame, 1);
    account_return(thread->base, context, image_unit(thread->base, frame));
    if (thread->overflow++ == 0) {
        frame->below = image_unit(thread->base, thread->top) | FRAME_APART;
        frame_push(thread, frame, 0, thread->shared->spare, sp, 0);
        spare->calls--;
    }
}

struct image_frame *stack_call(struct thread *thread, uint64_t function, uint64_t call_site, uint64_t sp)
{
    uint32_t record = context_record(thread, call_position(thread), function);
    int outermost = thread->top->record == 0 && (thread->nested > 0 || thread->shared->is_strand);

    if (record == 0) {
        context_lose(thread, function);
        record = thread->shared->spare;
    }
    if (frames_reserve(thread) != 0) {
        overflow_enter(thread, record, sp);
        return NULL;
    }
    frame_push(thread, frame_above(thread, thread->top), function | (outermost ? FRAME_OUTERMOST : 0), record,
               sp, 0);
    thread->top->call_site = call_site;
    return thread->top;
}

int stack_is_overflow(const struct thread *thread)
{
    return frame_is_overflow(thread, thread->top);
}

void stack_pop_overflow(struct thread *thread, uint64_t now)
{
    if (--thread->overflow == 0)
        stack_pop(thread, now, 0);
}

uint64_t stack_time(const struct thread *thread, uint64_t now)
{
    return (thread->suspended != 0 ? thread->suspended : now) - thread->paused;
}
