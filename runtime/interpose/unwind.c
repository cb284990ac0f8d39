/*
 * unwind.c - stands in for the functions by which others are left without a return: the forms of longjmp, and
 * the step of the unwinder (of C++ and other languages) that enters a landing pad.
 *
 * The stand-ins close the frames of the functions that are left, at that instant. Without them, as in a
 * static program, dead frames are found at a later event by their place on the stack (stack/frames.c), unless
 * that event seems to be of a call that one of them has made before.
 */
#include "jump.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/hooks/events.h"
#include "runtime/interpose/next.h"

/* Closes the frames that a longjmp to BUFFER leaves, if its target is known. */
static void jump(const void *buffer)
{
    uint64_t target = jump_target(buffer);

    if (target != 0)
        event_unwind_to(target - HOOK_FRAME, 0);
}

/* Defines the stand-in for NAME. It calls the next function of its own name, so the check of __longjmp_chk
 * stays. A constructor finds that function, because a signal handler that jumps must not search for it. */
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
 * A personality routine calls this to set the address of a landing pad, in the frame that will run it.
 * CONTEXT is that frame. _Unwind_GetCFA() returns its stack pointer at its call: for the unwinder, the CFA of
 * the frame below it (Itanium C++ ABI: Exception Handling, 1.6).
 */
EXPORTED void _Unwind_SetIP(void *context, uintptr_t address);
EXPORTED void _Unwind_SetIP(void *context, uintptr_t address)
{
    void (*real)(void *context, uintptr_t address);
    uintptr_t (*frame_address)(void *context);

    /* There may be several unwinders, each in the scope of another library, so none is kept. */
    frame_address = (uintptr_t(*)(void *))next_function("_Unwind_GetCFA", CALLER);
    real = (void (*)(void *, uintptr_t))next_function("_Unwind_SetIP", CALLER);
    if (frame_address != NULL)
        event_unwind_to(frame_address(context) - HOOK_FRAME, 1);
    real(context, address);
}

/* The landing pad has been that of a handler: the exception passes no further. */
EXPORTED void *__cxa_begin_catch(void *exception);
EXPORTED void *__cxa_begin_catch(void *exception)
{
    void *(*real)(void *exception);

    event_caught();
    real = (void *(*)(void *))next_function("__cxa_begin_catch", CALLER);
    return real(exception);
}
