/*
 * bounds.c - where stacks lie. See bounds.h.
 *
 * Bounds come from whoever knows them: sigaltstack, the functions that make contexts (interpose/switch.c),
 * and /proc/self/maps. The stack of a coroutine that was made by hand may share a mapping with others. It is
 * taken to reach STACK_NEAR below what has been seen of it, and grows as more is seen.
 */
#include "runtime/stack/bounds.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/stack/frames.h"
#include "runtime/system/system.h"

enum {
    ABOVE = 4096,      /* bytes above a coroutine's first event that its stack is taken to reach */
    GAP = 1024 * 1024, /* bytes that the kernel keeps free below the main stack (stack_guard_gap) */
    ANNOUNCED = 256,
};

static struct stack_bounds announced[ANNOUNCED];
static unsigned announced_next;
static int announced_lock;

/* Takes the lock, which nobody holds for long. A child that was forked in the middle of it never gets it, and
 * does without: returns -1. */
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

void bounds_announce(struct stack_bounds bounds)
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

int bounds_find_announced(uint64_t sp, struct stack_bounds *bounds)
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

/* The kernel reports the alternate stack as of this very call, so it is right for the stack that we are on.
 */
int bounds_find_signal_stack(uint64_t sp, struct stack_bounds *bounds)
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

/* Fills MAPPING with the mapping that holds ADDRESS, and BEFORE with the end of the one before it. Returns 1
 * if there is one, else 0; -1 if nobody tells. Lines of /proc/self/maps begin "start-end ". */
static int mapping_find(uint64_t address, struct stack_bounds *mapping, uint64_t *before)
{
    long descriptor = system_open("/proc/self/maps", O_RDONLY, 0);
    char buffer[1024] = {0}; /* the stack may be small */
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
        if (start == 0) /* a path longer than the buffer: only the line's beginning matters */
            kept = kept < 64 ? kept : 64;
        memmove(buffer, buffer + start, kept);
    }
    if (descriptor >= 0)
        system_close((int)descriptor);
    return descriptor >= 0 ? found : -1;
}

size_t bounds_place(const struct thread *native, uint64_t sp)
{
    size_t low = 0, high = native->strand_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (native->strands[middle]->bounds.low <= sp)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Does the work of bounds_grow_native() where nobody tells of mappings. Calls go down by small steps: SP is
 * on the stack if it is near, and no coroutine's is known there. */
static int grow_unseen(struct thread *native, uint64_t sp)
{
    struct stack_bounds announced_bounds;
    uint64_t low = native->bounds.low;
    size_t place = bounds_place(native, sp);

    if (low - sp > STACK_NEAR || bounds_find_announced(sp, &announced_bounds) ||
        (place > 0 && native->strands[place - 1]->bounds.high > sp - STACK_NEAR))
        return 0;
    native->bounds.low = sp - STACK_NEAR;
    return 1;
}

/* The main stack has a mapping of its own, and no upper bound that we know. Other native stacks end in the
 * thread's control block. */
int bounds_grow_native(struct thread *native, uint64_t sp)
{
    struct stack_bounds mapping;
    uint64_t before;
    int found;

    if (bounds_hold(native->bounds, sp))
        return 1;
    if (sp > native->bounds.high)
        return 0;
    if ((found = mapping_find(sp, &mapping, &before)) < 0)
        return grow_unseen(native, sp);
    if (!found || !bounds_hold(mapping, native->first_sp))
        return 0;
    native->bounds.low = mapping.low;
    if (native->bounds.high == UINT64_MAX) /* the kernel lets it grow, up to the mapping below */
        native->bounds.low = mapping.low - before > GAP ? mapping.low - GAP : before;
    return sp >= native->bounds.low;
}

void bounds_settle(struct thread *native)
{
    struct stack_bounds mapping;
    uint64_t before;

    if (mapping_find(native->first_sp, &mapping, &before) > 0)
        native->bounds.low = native->bounds.high == UINT64_MAX ? before : mapping.low;
}

int bounds_grow(struct thread *native, struct thread *strand, uint64_t sp)
{
    size_t place = bounds_place(native, sp);

    if (strand == native || strand == native->profiled) {
        if (!bounds_grow_native(native, sp))
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

struct stack_bounds bounds_guess(const struct thread *native, uint64_t sp)
{
    struct stack_bounds bounds, mapping;
    size_t place = bounds_place(native, sp);
    uint64_t before;

    bounds = (struct stack_bounds){sp - STACK_NEAR, sp + ABOVE};
    if (mapping_find(sp, &mapping, &before) > 0) {
        bounds.low = bounds.low > mapping.low ? bounds.low : mapping.low;
        bounds.high = bounds.high < mapping.high ? bounds.high : mapping.high - 1;
    }
    if (place > 0 && native->strands[place - 1]->bounds.high >= bounds.low)
        bounds.low = native->strands[place - 1]->bounds.high + 1;
    if (place < native->strand_count && native->strands[place]->bounds.low <= bounds.high)
        bounds.high = native->strands[place]->bounds.low - 1;
    return bounds;
}

int stack_has(const struct thread *thread, uint64_t sp)
{
    return sp >= thread->true_low && sp <= thread->high;
}

/* The kernel saves the registers of interrupted code on the stack that the signal handler runs on: the hook's
 * instruction pointer would be among them. */
int stack_holds_hook(struct thread *thread, uint64_t sp)
{
    uint64_t outermost = stack_outermost(thread), end = 0;
    struct stack_bounds alternate;

    if (thread->top->sp == 0 || thread->native->timer.busy != 0)
        return 1;
    if (bounds_find_signal_stack(sp, &alternate))
        end = alternate.high;
    else if (sp < outermost && (stack_has(thread, sp) || bounds_grow(thread->native, thread, sp)))
        end = outermost;
    for (const uint64_t *word = (const uint64_t *)(sp & -sizeof *word); (uint64_t)word < end; word++)
        if (arch_is_interrupt_in(word, (uint64_t)hooks_code_start, (uint64_t)hooks_code_end))
            return 1;
    return 0;
}
