/*
 * switch.c - stands in for the functions that switch stacks: swapcontext and setcontext of libc, and those of
 * Boost.Context, which is a library of its own.
 *
 * Without them, a switch is noticed at the next event (life/strand.c). Here its instant is known, and often
 * the bounds of the new stack.
 */
#include "jump.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/hooks/events.h"
#include "runtime/interpose/next.h"
#include "runtime/life/strand.h"
#include "runtime/stack/bounds.h"

/* Switches to the strand that SP is on, the stack pointer of CONTEXT. Returns -1 if this thread is on it
 * already. CONTEXT holds the bounds of its stack if makecontext made it. If getcontext saved it, uc_stack may
 * be anything, and counts only if SP lies in it. */
static int switch_to(const ucontext_t *context, uint64_t sp)
{
    uint64_t low = (uint64_t)context->uc_stack.ss_sp;
    struct stack_bounds bounds = {low, low + context->uc_stack.ss_size - 1};

    return strand_switch_to(sp, sp >= low && sp - low < context->uc_stack.ss_size ? &bounds : NULL);
}

EXPORTED int swapcontext(ucontext_t *restrict old, const ucontext_t *restrict context);
EXPORTED int swapcontext(ucontext_t *restrict old, const ucontext_t *restrict context)
{
    __typeof__(swapcontext) *real = NEXT(swapcontext);
    uint64_t sp = jump_context_target(context);

    if (sp != 0)
        switch_to(context, sp);
    return real(old, context);
}

EXPORTED int setcontext(const ucontext_t *context);
EXPORTED int setcontext(const ucontext_t *context)
{
    __typeof__(setcontext) *real = NEXT(setcontext);
    uint64_t sp = jump_context_target(context);

    if (sp != 0 && switch_to(context, sp) != 0)
        event_unwind_to(sp - HOOK_FRAME, 0);
    return real(context);
}

/* As in boost/context/detail/fcontext.hpp. A context is the address on its own stack where its registers are
 * saved. */
struct transfer {
    void *context, *data;
};

EXPORTED void *make_fcontext(void *sp, size_t size, void (*function)(struct transfer));
EXPORTED void *make_fcontext(void *sp, size_t size, void (*function)(struct transfer))
{
    __typeof__(make_fcontext) *real = NEXT(make_fcontext);

    bounds_announce((struct stack_bounds){(uint64_t)sp - size, (uint64_t)sp - 1});
    return real(sp, size, function);
}

EXPORTED struct transfer jump_fcontext(void *context, void *data);
EXPORTED struct transfer jump_fcontext(void *context, void *data)
{
    __typeof__(jump_fcontext) *real = NEXT(jump_fcontext);

    strand_switch_to((uint64_t)context, NULL);
    return real(context, data);
}

EXPORTED struct transfer ontop_fcontext(void *context, void *data,
                                        struct transfer (*function)(struct transfer));
EXPORTED struct transfer ontop_fcontext(void *context, void *data,
                                        struct transfer (*function)(struct transfer))
{
    __typeof__(ontop_fcontext) *real = NEXT(ontop_fcontext);

    strand_switch_to((uint64_t)context, NULL);
    return real(context, data, function);
}
