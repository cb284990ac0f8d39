/*
 * strand.c - which stack an event is on. Slow paths only.
 *
 * A thread may run on more stacks than its own: signal handlers on an alternate one, and coroutines, each on
 * its own. A stack is known by its bounds, and the fast path leaves for here when an event lies outside of
 * those of the stack that it was last on.
 *
 * A signal handler's stack goes on from what was interrupted: its frames are a segment above it, and their
 * time is a callee's. A coroutine's stack is a strand: it has frames and records of its own (a struct
 * thread of its own, in the list of the native one), and no time passes for it while it is suspended. A
 * strand whose frames have all been left serves the next new stack. While a profile of the program's own is
 * enabled in the thread, the native stack has the frames and records of that (profiles.c).
 *
 * Bounds come from whoever knows: sigaltstack, those who make contexts (switch.c), /proc/self/maps. The stack
 * of a coroutine that was made by hand may lie anywhere in a mapping with others; it is taken to reach
 * STACK_NEAR from what has been seen of it, and grows as more is seen.
 */
#include <signal.h>
#include <sys/resource.h>

#include "runtime/core/runtime.h"
#include "runtime/gate/gate.h"
#include "runtime/records/account.h"
#include "runtime/system/system.h"

enum {
    ABOVE = 4096,      /* bytes: how far above a coroutine's first event its stack is taken to reach */
    GAP = 1024 * 1024, /* bytes that the kernel keeps free below the main stack (stack_guard_gap) */
    ANNOUNCED = 256,
    STRANDS_MAX = 1 << 20,
};

/* ---- bounds that somebody announced, for stacks on which nothing has happened yet ---- */

static struct stack_bounds announced[ANNOUNCED];
static unsigned announced_next;
static int announced_lock;

/* Not for long, so whoever does not get it (after a fork in the middle of it, say) does without. */
static int announced_enter(void)
{
    for (int tries = 0; tries < 1000; tries++) {
        if (__atomic_exchange_n(&announced_lock, 1, __ATOMIC_ACQUIRE) == 0)
            return 0;
        system_yield();
    }
    return -1;
}

static void announced_leave(void)
{
    __atomic_store_n(&announced_lock, 0, __ATOMIC_RELEASE);
}

void strand_announce(struct stack_bounds bounds)
{
    struct slow slow;

    if (slow_enter(&slow) != 0)
        return;
    if (announced_enter() == 0) {
        announced[announced_next++ % ANNOUNCED] = bounds;
        announced_leave();
    }
    slow_leave(&slow);
}

static int bounds_hold(struct stack_bounds bounds, uint64_t sp)
{
    return sp >= bounds.low && sp <= bounds.high;
}

/* The newest announcement that holds SP. */
static int announced_find(uint64_t sp, struct stack_bounds *bounds)
{
    int found = 0;

    if (announced_enter() != 0)
        return 0;
    for (unsigned i = 1; i <= ANNOUNCED && !found; i++) {
        *bounds = announced[(announced_next - i) % ANNOUNCED];
        found = bounds->high != 0 && bounds_hold(*bounds, sp);
    }
    announced_leave();
    return found;
}

/* ---- what the kernel knows ---- */

/* The alternate stack, if SP is on it: the kernel says so of the stack that this very call is made on. */
static int signal_stack_find(uint64_t sp, struct stack_bounds *bounds)
{
    stack_t stack = {0};

    if (SYSTEM_CALL(SYS_sigaltstack, NULL, &stack, 0, 0, 0, 0) != 0 || (stack.ss_flags & SS_DISABLE))
        return 0;
    bounds->low = (uint64_t)stack.ss_sp;
    bounds->high = bounds->low + stack.ss_size;
    return bounds_hold(*bounds, sp);
}

static uint64_t parse_hex(const char **text)
{
    uint64_t number = 0;

    for (;; ++*text) {
        char c = **text;

        if (c >= '0' && c <= '9')
            number = number << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            number = number << 4 | (uint64_t)(c - 'a' + 10);
        else
            return number;
    }
}

/* The mapping that holds ADDRESS, and the end of the one before. Lines of /proc/self/maps begin "start-end ".
 */
static int mapping_find(uint64_t address, struct stack_bounds *mapping, uint64_t *before)
{
    long descriptor = system_open("/proc/self/maps", O_RDONLY, 0);
    char buffer[4096] = {0};
    size_t kept = 0;
    long got;
    int found = 0;

    *before = 0;
    while (!found && descriptor >= 0 &&
           (got = system_read((int)descriptor, buffer + kept, sizeof buffer - 1 - kept)) > 0) {
        size_t size = kept + (size_t)got, start = 0;

        for (size_t i = 0; i < size && !found; i++) {
            const char *line = buffer + start;

            if (buffer[i] != '\n')
                continue;
            mapping->low = parse_hex(&line);
            line++;
            mapping->high = parse_hex(&line);
            found = address >= mapping->low && address < mapping->high;
            if (!found)
                *before = mapping->high;
            start = i + 1;
        }
        kept = size - start;
        if (start == 0) /* a path longer than the buffer: only its beginning is of interest */
            kept = kept < 64 ? kept : 64;
        memmove(buffer, buffer + start, kept);
    }
    if (descriptor >= 0)
        system_close((int)descriptor);
    return found;
}

/* ---- the strands of a thread, in the order of their bounds ---- */

static size_t strand_place(const struct thread *native, uint64_t sp)
{
    size_t low = 0, high = native->strand_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (native->strands[middle]->bounds.low <= sp)
            low = middle + 1;
        else
            high = middle;
    }
    return low; /* those before begin at or below SP */
}

static struct thread *strand_find(const struct thread *native, uint64_t sp)
{
    size_t place = strand_place(native, sp);

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
        struct thread **strands = capacity <= STRANDS_MAX ? space_private(capacity * sizeof *strands) : NULL;

        if (strands == NULL)
            return -1;
        memcpy(strands, native->strands, native->strand_count * sizeof *strands);
        if (native->strands != NULL)
            space_private_free(native->strands, native->strand_capacity * sizeof *strands);
        native->strands = strands;
        native->strand_capacity = capacity;
    }
    place = strand_place(native, strand->bounds.low);
    memmove(native->strands + place + 1, native->strands + place,
            (native->strand_count - place) * sizeof *native->strands);
    native->strands[place] = strand;
    native->strand_count++;
    return 0;
}

/* Whatever lies where a new stack has been made is gone; its strand is put aside. */
static void strands_retire(struct thread *native, struct stack_bounds bounds, uint64_t now)
{
    for (size_t i = 0; i < native->strand_count;) {
        struct thread *strand = native->strands[i];

        if (strand->bounds.low > bounds.high || strand->bounds.high < bounds.low) {
            i++;
            continue;
        }
        stack_unwind_all(strand, strand_time(strand, now));
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

uint64_t strand_time(const struct thread *strand, uint64_t now)
{
    return (strand->suspended != 0 ? strand->suspended : now) - strand->paused;
}

/* What the timer of TO says, if that of FROM says NOW. */
static uint64_t time_for(struct thread *to, const struct thread *from, uint64_t now)
{
    return to->own_timer == from->own_timer ? now : thread_now(to);
}

/* A coroutine that has come to its end has gone on elsewhere then, not at the event by which we notice. */
struct thread *strand_switch(struct thread *from, struct thread *to, uint64_t now)
{
    if (from->idle > to->suspended && stack_is_empty(from) && from->top->callees == from->idle_callees)
        now = from->idle;
    gate_catch_up(to, UINT64_MAX, now); /* before its timer goes on */
    from->suspended = from->shared->suspended = now;
    if (to->suspended != 0)
        to->paused += time_for(to, from, now) - to->suspended;
    to->shared->paused = to->paused;
    to->suspended = to->shared->suspended = 0;
    thread_offset = (char *)to - (char *)&thread_none;
    __atomic_store_n(&to->native->current, to, __ATOMIC_SEQ_CST);
    context_forget(to); /* what went while it was suspended: only who was current has been told */
    return to;
}

/* Is the thread's own stack that which the mapping is? The main one is apart from all else; others end in the
 * thread's control block. */
static int native_grows(struct thread *native, uint64_t sp)
{
    struct stack_bounds mapping;
    uint64_t before;

    if (sp > native->bounds.high || !mapping_find(sp, &mapping, &before) ||
        !bounds_hold(mapping, native->first_sp))
        return 0;
    native->bounds.low = mapping.low;
    if (native->bounds.high == UINT64_MAX) /* it grows, into nobody else's */
        native->bounds.low = mapping.low - before > GAP ? mapping.low - GAP : before;
    return sp >= native->bounds.low;
}

static int strand_grows(struct thread *native, struct thread *strand, uint64_t sp)
{
    size_t place = strand_place(native, sp);

    if (strand == native || strand == native->profiled) {
        if (!native_grows(native, sp))
            return 0;
        strand->bounds = native->bounds;
        return 1;
    }
    if (sp >= strand->bounds.low || strand->bounds.low - sp > STACK_NEAR ||
        (place > 0 && native->strands[place - 1]->bounds.high > sp - STACK_NEAR))
        return 0;
    strand->bounds.low = sp - STACK_NEAR;
    return 1;
}

/* Bounds for a stack of which nobody has told. */
static struct stack_bounds bounds_guess(const struct thread *native, uint64_t sp)
{
    struct stack_bounds bounds, mapping;
    size_t place = strand_place(native, sp);
    uint64_t before;

    bounds = (struct stack_bounds){sp - STACK_NEAR, sp + ABOVE};
    if (mapping_find(sp, &mapping, &before)) {
        bounds.low = bounds.low > mapping.low ? bounds.low : mapping.low;
        bounds.high = bounds.high < mapping.high ? bounds.high : mapping.high - 1;
    }
    if (place > 0 && native->strands[place - 1]->bounds.high >= bounds.low)
        bounds.low = native->strands[place - 1]->bounds.high + 1;
    if (place < native->strand_count && native->strands[place]->bounds.low <= bounds.high)
        bounds.high = native->strands[place]->bounds.low - 1;
    return bounds;
}

static int is_within(const struct thread *thread, uint64_t sp)
{
    return sp >= thread->true_low && sp <= thread->high;
}

/* The kernel saves the registers of what a signal handler interrupts on the stack that the handler runs on.
 */
int strand_holds_hook(struct thread *thread, uint64_t sp)
{
    uint64_t outermost = stack_outermost(thread), end = 0;
    struct stack_bounds alternate;

    if (thread->top->sp == 0 || thread->native->timer.is_busy)
        return 1;
    if (signal_stack_find(sp, &alternate))
        end = alternate.high;
    else if (sp < outermost && (is_within(thread, sp) || strand_grows(thread->native, thread, sp)))
        end = outermost;
    for (const uint64_t *word = (const uint64_t *)(sp & -sizeof *word); (uint64_t)word < end; word++)
        if (arch_is_interrupt_in(word, (uint64_t)hooks_code_start, (uint64_t)hooks_code_end))
            return 1;
    return 0;
}

/* What the thread's own stack has: the state of a profile, while one is enabled. */
static struct thread *native_state(struct thread *native)
{
    if (native->profiled == NULL)
        return native;
    native->profiled->bounds = native->bounds;
    return native->profiled;
}

/* The strand that SP is on: a coroutine's, for its stack may lie within another, or the native one. */
static struct thread *strand_at(struct thread *native, uint64_t sp, const struct stack_bounds *known,
                                uint64_t now)
{
    struct thread *strand = strand_find(native, sp);
    struct stack_bounds bounds;

    if (strand != NULL)
        return strand;
    if (known != NULL) {
        bounds = *known;
    } else if (!announced_find(sp, &bounds)) {
        if (bounds_hold(native->bounds, sp) || native_grows(native, sp))
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

    if (is_within(thread, sp) && sp <= stack_pointer(thread))
        return thread;
    /* An alternate stack may lie within the thread's own, in the frame of one of its functions. */
    if (!thread->nested && signal_stack_find(sp, &bounds) && stack_nest(thread, bounds) == 0)
        return thread;
    if (is_within(thread, sp))
        return thread;
    if (thread->nested)
        stack_unnest(thread, strand_time(thread, *now));
    if (!is_within(thread, sp)) {
        if (strand_grows(thread->native, thread, sp))
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
    if (thread->nested && !is_within(thread, sp))
        stack_unnest(thread, strand_time(thread, now));
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
        gate_catch_up(strand, UINT64_MAX, now);
        stack_unwind_all(strand, strand_time(strand, now));
        strand->shared->end = end;
        thread_retire(strand);
    }
    native->spare_strands = NULL;
    if (native->strands != NULL)
        space_private_free(native->strands, native->strand_capacity * sizeof *native->strands);
    native->strands = NULL;
    native->strand_capacity = 0;
}
