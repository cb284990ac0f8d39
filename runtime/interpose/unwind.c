/*
 * unwind.c - stands in for the functions that leave others behind without a return: longjmp and its kin, and
 * the step of the C++ (and any other) unwinder that enters a landing pad.
 *
 * What they leave behind is closed at that instant. events.c would find dead frames by itself, but only by
 * their stack pointers and at a later event: by then another function with a larger frame may lie over them
 * and seem to be called by them. A static program has nothing but that.
 */
#include "jump.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/hooks/events.h"
#include "runtime/interpose/next.h"

static void jump(const void *buffer)
{
    uint64_t target = jump_target(buffer);

    if (target != 0)
        event_unwind_to(target - HOOK_FRAME, 0);
}

/* Each goes on to its own namesake: where there is a check, it stays. Found before the first signal handler
 * may jump. */
#define JUMP(name)                                                                                           \
    static any_function *name##_kept;                                                                        \
    EXPORTED __attribute__((noreturn)) void name(void *buffer, int value);                                   \
    EXPORTED __attribute__((noreturn)) void name(void *buffer, int value)                                    \
    {                                                                                                        \
        jump(buffer);                                                                                        \
        ((void (*)(void *, int))next_kept(&name##_kept, #name, CALLER))(buffer, value);                      \
        __builtin_unreachable();                                                                             \
    }                                                                                                        \
    __attribute__((constructor)) static void name##_find(void)                                               \
    {                                                                                                        \
        next_kept(&name##_kept, #name, CALLER);                                                              \
    }

JUMP(longjmp)
JUMP(_longjmp)
JUMP(siglongjmp)
JUMP(__longjmp_chk)

/*
 * A personality routine sets the address of a landing pad in the frame that will run it, whose stack pointer
 * at its call the unwinder knows as the CFA of the frame below (Itanium C++ ABI: Exception Handling, 1.6).
 */
EXPORTED void _Unwind_SetIP(void *context, uintptr_t address);
EXPORTED void _Unwind_SetIP(void *context, uintptr_t address)
{
    void (*real)(void *context, uintptr_t address);
    uintptr_t (*frame_address)(void *context);

    /* There may be several unwinders, each in the scope of another library: they are not kept. */
    frame_address = (uintptr_t(*)(void *))next_function("_Unwind_GetCFA", CALLER);
    real = (void (*)(void *, uintptr_t))next_function("_Unwind_SetIP", CALLER);
    if (frame_address != NULL)
        event_unwind_to(frame_address(context) - HOOK_FRAME, 1);
    real(context, address);
}

/* The landing pad is that of a handler. */
EXPORTED void *__cxa_begin_catch(void *exception);
EXPORTED void *__cxa_begin_catch(void *exception)
{
    void *(*real)(void *exception);

    event_caught();
    real = (void *(*)(void *))next_function("__cxa_begin_catch", CALLER);
    return real(exception);
}
