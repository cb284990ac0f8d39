/*
 * stack.c - the slow paths of the two hooks: what is out of the ordinary about the shadow stack.
 *
 * A shadow stack is a list of segments in the image. Frames never move, because an interrupted hook may be
 * about to fill one. The first frame of a segment is its bottom, which no exit matches; the last is kept for
 * overflow, when no further segment can be had: it stands for all activations above it, which thread.overflow
 * counts.
 *
 * Stacks grow down. A frame whose sp lies below that of the code now running is dead: its function was left
 * without its exit hook (longjmp, an exception in code by clang, pthread_exit). One with the same sp is
 * alive: its function has been inlined into ours, or the other way round. alloca lowers sp between enter and
 * exit of one activation.
 */
#include "account.h"
#include "clock.h"
#include "runtime.h"

static struct image_frame *segment_frames(struct image_stack *segment)
{
    return (struct image_frame *)(segment + 1);
}

/* Where the records of calls from this frame hang. A frame that its hook has not filled yet may not know. */
static uint32_t frame_position(const struct image_frame *frame)
{
    while (frame->position == 0)
        frame--;
    return frame->position;
}

/* The topmost frame at or below FRAME that has been filled. The bottom always has. */
static const struct image_frame *frame_filled(const struct image_frame *frame)
{
    while (frame->sp == 0)
        frame--;
    return frame;
}

static void segment_use(struct thread *thread, struct image_stack *segment)
{
    struct image_frame *frames = segment_frames(segment);

    thread->segment = segment;
    thread->limit = frames + segment->capacity - 2;
    thread->top = frames;
}

void stack_start(struct thread *thread, struct image_stack *stack, size_t size)
{
    struct image_frame *bottom = segment_frames(stack);

    stack->capacity = (uint32_t)((size - sizeof *stack) / sizeof *bottom);
    bottom->position = thread->shared->root;
    segment_use(thread, stack);
}

void stack_place(struct thread *thread, struct image_bounds bounds)
{
    thread->bounds = bounds;
    thread->low = bounds.low;
    thread->high = bounds.high;
    thread->top->sp = bounds.high;
}

uint64_t stack_pointer(const struct thread *thread)
{
    return frame_filled(thread->top)->sp;
}

int stack_is_empty(const struct thread *thread)
{
    return thread->top == segment_frames(thread->segment) && thread->segment->previous == 0;
}

struct stack_walk stack_walk_start(struct thread *thread)
{
    return (struct stack_walk){thread->base, thread->segment, thread->top};
}

struct image_frame *stack_walk_next(struct stack_walk *walk)
{
    for (;;) {
        struct image_frame *frame = walk->frame;

        if (frame == segment_frames(walk->segment)) {
            if (walk->segment->previous == 0)
                return NULL;
            walk->segment = image_at(walk->base, walk->segment->previous);
            walk->frame = image_at(walk->base, (uint32_t)frame->entry);
            continue;
        }
        walk->frame--;
        if (frame->sp != 0)
            return frame;
    }
}

/* Goes on in the next segment, twice as large as this one, on a stack that ends at SP. -1 if there is no
 * space. */
static int segment_push(struct thread *thread, uint64_t sp)
{
    struct image_frame *top = thread->top;
    struct image_stack *segment = thread->segment;
    struct image_frame *bottom;

    if (segment->next == 0) {
        size_t size = 2 * (sizeof *segment + segment->capacity * sizeof *top);
        struct process *process = process_self();
        uint32_t unit = process ? space_allocate(process, size) : 0;
        struct image_stack *next;

        if (unit == 0)
            return -1;
        next = image_at(thread->base, unit);
        next->previous = image_unit(thread->base, segment);
        next->capacity = (uint32_t)((size - sizeof *next) / sizeof *top);
        __atomic_store_n(&segment->next, unit, __ATOMIC_RELEASE);
    }
    segment_use(thread, image_at(thread->base, segment->next));
    bottom = thread->top;
    bottom->sp = sp;
    bottom->position = frame_position(top);
    bottom->callees = 0;
    bottom->entry = image_unit(thread->base, top);
    bottom->bounds = (struct image_bounds){0, 0};
    return 0;
}

/* Goes back to the segment before, if this one is empty and is not the first. */
static void segment_pop(struct thread *thread)
{
    struct image_frame *bottom = thread->top;

    if (bottom != segment_frames(thread->segment) || thread->segment->previous == 0)
        return;
    if (bottom->bounds.high != 0) {
        thread->nested--;
        thread->low = bottom->bounds.low;
        thread->high = bottom->bounds.high;
    }
    segment_use(thread, image_at(thread->base, thread->segment->previous));
    thread->top = image_at(thread->base, (uint32_t)bottom->entry);
    arch_add(&thread->top->callees, bottom->callees);
}

int stack_nest(struct thread *thread, struct image_bounds bounds)
{
    if (segment_push(thread, bounds.high) != 0)
        return -1;
    thread->top->bounds = (struct image_bounds){thread->low, thread->high};
    thread->low = bounds.low;
    thread->high = bounds.high;
    thread->nested++;
    return 0;
}

/* Pops the top frame as of NOW. UNWOUND: it was left other than by a return. */
static void frame_close(struct thread *thread, uint64_t now, int unwound)
{
    struct image_frame *frame = thread->top;
    uint64_t callees = frame->callees;
    uint64_t elapsed = frame->sp == 0 || now < frame->entry + callees ? callees : now - frame->entry;

    if (frame > thread->limit)
        thread->overflow = 0;
    if (frame->position != 0) {
        struct image_record *record = image_at(thread->base, frame->record);

        account_return(thread->base, record, elapsed, callees);
        record->unwound += (uint64_t)unwound;
        thread->shared->unwound += (uint64_t)unwound;
    }
    frame->sp = 0;
    frame->position = 0;
    thread->top = frame - 1;
    arch_add(&frame[-1].callees, elapsed);
    segment_pop(thread);
}

/* Closes the frames that cannot be alive while code runs at SP. Unfilled frames above live ones stay: they
 * belong to the hook that a signal handler, which runs now, has interrupted. */
static void stack_unwind(struct thread *thread, uint64_t sp, uint64_t now)
{
    while (frame_filled(thread->top)->sp < sp)
        frame_close(thread, now, 1);
}

/* Marks the top frame, or takes the mark from it. A marked one sends its exit to the slow path. */
static void frame_mark(struct thread *thread, int unwinding)
{
    struct image_frame *frame = thread->top;

    if (frame->sp != 0 && frame->function != 0)
        frame->function = (frame->function & ~FRAME_UNWINDING) | (unwinding ? FRAME_UNWINDING : 0);
}

void stack_unwind_to(uint64_t sp, int landing)
{
    uint64_t now = clock_read();
    struct thread *thread = thread_self();
    struct slow slow;

    if (thread->top == NULL || slow_enter(&slow) != 0)
        return;
    segment_pop(thread);
    thread = strand_select(thread, sp, now);
    stack_unwind(thread, sp, strand_time(thread, now));
    if (landing)
        frame_mark(thread, 1);
    slow_leave(&slow);
}

void stack_caught(void)
{
    struct thread *thread = thread_self();

    if (thread->top != NULL)
        frame_mark(thread, 0);
}

void stack_unwind_all(struct thread *thread, uint64_t now)
{
    for (segment_pop(thread); !stack_is_empty(thread);)
        frame_close(thread, now, 1);
}

void stack_unnest(struct thread *thread, uint64_t now)
{
    for (segment_pop(thread); thread->nested > 0;)
        frame_close(thread, now, 1);
}

/* Fills the frame after the top one and makes it the top; RECORD is its record, or the thread's spare one. */
static struct image_frame *frame_push(struct thread *thread, uint64_t function, uint32_t record, uint64_t sp)
{
    struct image_frame *frame = thread->top + 1;
    struct image_record *context = image_at(thread->base, record);

    frame->position = record == thread->shared->spare ? frame_position(thread->top) : context->target;
    frame->function = function;
    frame->record = record;
    account_call(thread->base, context);
    thread->top = frame;
    frame->callees = 0;
    frame->entry = clock_read() - thread->paused;
    frame->sp = sp;
    return frame;
}

int stack_resume(struct thread *thread, uint64_t function, uint64_t call_site, uint64_t sp)
{
    uint32_t record = context_record(thread, frame_position(thread->top), function);
    struct image_frame *frame;

    if (record == 0 ||
        (thread->top == thread->limit && segment_push(thread, frame_filled(thread->top)->sp) != 0))
        return -1;
    frame = thread->top + 1;
    frame->function = function;
    frame->call_site = call_site;
    frame->record = record;
    frame->position = ((struct image_record *)image_at(thread->base, record))->target;
    account_resume(thread->base, image_at(thread->base, record));
    frame->callees = 0;
    frame->entry = clock_read();
    frame->sp = sp;
    thread->top = frame;
    return 0;
}

/* A call for which there is a record but no frame: it is counted, and its time stays with its caller. */
static void overflow_enter(struct thread *thread, uint32_t record, uint64_t sp)
{
    struct image_record *context = image_at(thread->base, record);

    account_call(thread->base, context);
    account_return(thread->base, context, 0, 0);
    if (thread->overflow++ == 0) {
        frame_push(thread, 0, thread->shared->spare, sp);
        ((struct image_record *)image_at(thread->base, thread->shared->spare))->calls--;
    }
}

COLD void stack_enter(uint64_t function, uint64_t call_site, uint64_t sp)
{
    struct thread *thread = thread_self();
    struct image_frame *frame = NULL;
    struct slow slow;
    uint32_t record;

    if (process_is_off() || slow_enter(&slow) != 0) {
        process_lose();
        return;
    }
    if (thread->top == NULL)
        thread = thread_start(sp);
    if (thread == NULL) {
        process_lose();
    } else {
        uint64_t now = clock_read();

        segment_pop(thread);
        thread = strand_select(thread, sp, now);
        if (thread->shared->start_function == 0)
            thread->shared->start_function = function;
        stack_unwind(thread, sp, strand_time(thread, now));
        record = context_record(thread, frame_position(thread->top), function);
        if (record == 0) {
            context_lose(thread, function);
            record = thread->shared->spare;
        }
        if (thread->top < thread->limit ||
            (thread->top == thread->limit && segment_push(thread, frame_filled(thread->top)->sp) == 0)) {
            uint64_t mark = thread->native != thread && stack_is_empty(thread) ? FRAME_OUTERMOST : 0;

            frame = frame_push(thread, function | mark, record, sp);
            frame->call_site = call_site;
        } else {
            overflow_enter(thread, record, sp);
        }
    }
    slow_leave(&slow);
    if (frame != NULL && frame->callees == 0)
        frame->entry = clock_read() - thread->paused; /* leaves out what this slow path took */
}

/*
 * The frame that an exit of FUNCTION at SP belongs to, or NULL. Normally that is the nearest one that is not
 * dead. A function left by a tail jump to the hook has already given up its frame: sp is then above that of
 * its entry, and its frame is the outermost of those below sp.
 */
static struct image_frame *frame_match(struct thread *thread, uint64_t function, uint64_t sp, int tail_jump)
{
    struct stack_walk walk = stack_walk_start(thread);
    struct image_frame *below = NULL, *frame;

    while ((frame = stack_walk_next(&walk)) != NULL) {
        if (frame->sp >= sp && tail_jump && below != NULL)
            return below;
        if ((frame->function & ~FRAME_MARKS) == function) {
            if (frame->sp >= sp)
                return frame;
            below = frame;
        }
    }
    return below;
}

/* FRAME is left: by a return, or on an exception's way up, which then goes on to what it was inlined into. */
static void exit_to(struct thread *thread, const struct image_frame *frame, uint64_t now)
{
    int unwinding = (frame->function & FRAME_UNWINDING) != 0;
    uint64_t sp = frame->sp;

    while (thread->top != frame)
        frame_close(thread, now, 1);
    frame_close(thread, now, unwinding);
    if (unwinding && thread->top->sp == sp)
        frame_mark(thread, 1);
    if (thread->native != thread && stack_is_empty(thread)) {
        thread->idle = clock_read();
        thread->idle_callees = thread->top->callees;
    }
}

COLD void stack_exit(uint64_t function, uint64_t call_site, uint64_t sp, uint64_t now,
                     uint64_t return_address)
{
    struct thread *thread = thread_self();
    const struct image_frame *frame;
    struct slow slow;

    if (thread->top == NULL || slow_enter(&slow) != 0)
        return;
    segment_pop(thread);
    thread = strand_select(thread, sp, now);
    now = strand_time(thread, now);
    if (thread->top > thread->limit && thread->top->sp >= sp) {
        if (--thread->overflow == 0)
            frame_close(thread, now, 0);
    } else if ((frame = frame_match(thread, function, sp, return_address == call_site)) != NULL) {
        exit_to(thread, frame, now);
    } else {
        stack_unwind(thread, sp, now);
        thread->shared->unmatched++;
    }
    slow_leave(&slow);
}
