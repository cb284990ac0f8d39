/*
 * switch.c - stands in for the functions that go from one stack to another: those of libc, and of
 * Boost.Context, which is in a library of its own.
 *
 * strand.c would notice by itself at the next event. Here the instant is known, and the bounds of the new
 * stack.
 */
#include "jump.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/hooks/events.h"
#include "runtime/interpose/next.h"
#include "runtime/life/strand.h"
#include "runtime/stack/bounds.h"

/* Goes to where CONTEXT stands. Its stack is known if it was made for it: a context that was only saved may
 * hold anything there. */
static int switch_to(const ucontext_t *context, uint64_t sp)
{
    uint64_t low = (uint64_t)context->uc_stack.ss_sp;
    struct stack_bounds bounds = {low, low + context->uc_stack.ss_size - 1};

    return strand_switch_to(sp, sp >= low && sp - low < context->uc_stack.ss_size ? &bounds : NULL);
}

EXPORTED int swapcontext(ucontext_t *restrict old, const ucontext_t *restrict context);
EXPORTED int swapcontext(ucontext_t *restrict old, const ucontext_t *restrict context)
{
    static any_function *kept = NULL;
    int (*real)(ucontext_t * old, const ucontext_t *context);
    uint64_t sp = jump_context_target(context);

    real = (int (*)(ucontext_t *, const ucontext_t *))next_kept(&kept, "swapcontext", CALLER);
    if (sp != 0)
        switch_to(context, sp);
    return real(old, context);
}

EXPORTED int setcontext(const ucontext_t *context);
EXPORTED int setcontext(const ucontext_t *context)
{
    static any_function *kept = NULL;
    int (*real)(const ucontext_t *context);
    uint64_t sp = jump_context_target(context);

    real = (int (*)(const ucontext_t *))next_kept(&kept, "setcontext", CALLER);
    if (sp != 0 && switch_to(context, sp) != 0)
        event_unwind_to(sp - HOOK_FRAME, 0);
    return real(context);
}

/* boost/context/detail/fcontext.hpp. A context is the address, on its stack, where its registers are saved.
 */
struct transfer {
    void *context, *data;
};

EXPORTED void *make_fcontext(void *sp, size_t size, void (*function)(struct transfer));
EXPORTED void *make_fcontext(void *sp, size_t size, void (*function)(struct transfer))
{
    static any_function *kept = NULL;
    void *(*real)(void *sp, size_t size, void (*function)(struct transfer));

    real = (void *(*)(void *, size_t, void (*)(struct transfer)))next_kept(&kept, "make_fcontext", CALLER);
    bounds_announce((struct stack_bounds){(uint64_t)sp - size, (uint64_t)sp - 1});
    return real(sp, size, function);
}

EXPORTED struct transfer jump_fcontext(void *context, void *data);
EXPORTED struct transfer jump_fcontext(void *context, void *data)
{
    static any_function *kept = NULL;
    struct transfer (*real)(void *context, void *data);

    real = (struct transfer(*)(void *, void *))next_kept(&kept, "jump_fcontext", CALLER);
    strand_switch_to((uint64_t)context, NULL);
    return real(context, data);
}

EXPORTED struct transfer ontop_fcontext(void *context, void *data,
                                        struct transfer (*function)(struct transfer));
EXPORTED struct transfer ontop_fcontext(void *context, void *data,
                                        struct transfer (*function)(struct transfer))
{
    static any_function *kept = NULL;
    struct transfer (*real)(void *context, void *data, struct transfer (*function)(struct transfer));

    real = (struct transfer(*)(void *, void *, struct transfer (*)(struct transfer)))next_kept(
        &kept, "ontop_fcontext", CALLER);
    strand_switch_to((uint64_t)context, NULL);
    return real(context, data, function);
}
