/*
 * unwind.c - stands in for the functions that leave others behind without a return: longjmp and its kin, and
 * the step of the C++ (and any other) unwinder that enters a landing pad.
 *
 * What they leave behind is closed at that instant. stack.c would find dead frames by itself, but only by
 * their stack pointers and at a later event: by then another function with a larger frame may lie over them
 * and seem to be called by them. A static program has nothing but that.
 */
#include "jump.h"
#include "next.h"
#include "runtime.h"

/* What a function's own frame may lie below the stack pointer that it calls others with: the hook's return
 * address and saved frame pointer. A callee's lies below that, by its own return address at least. */
enum { HOOK_FRAME = 2 * sizeof(uint64_t) };

static void jump(const void *buffer)
{
    uint64_t target = jump_target(buffer);

    if (target != 0)
        stack_unwind_to(target - HOOK_FRAME, 0);
}

/* Each resolves its own namesake: where there is a check, it stays. */
#define JUMP(name)                                                                                           \
    EXPORTED __attribute__((noreturn)) void name(void *buffer, int value);                                   \
    EXPORTED __attribute__((noreturn)) void name(void *buffer, int value)                                    \
    {                                                                                                        \
        static void (*real)(void *buffer, int value);                                                        \
                                                                                                             \
        jump(buffer);                                                                                        \
        if (real == NULL)                                                                                    \
            real = (void (*)(void *, int))next_function(#name);                                              \
        real(buffer, value);                                                                                 \
        __builtin_unreachable();                                                                             \
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
    static void (*real)(void *context, uintptr_t address);
    static uintptr_t (*frame_address)(void *context);

    if (real == NULL) {
        frame_address = (uintptr_t(*)(void *))next_function("_Unwind_GetCFA");
        real = (void (*)(void *, uintptr_t))next_function("_Unwind_SetIP");
    }
    if (frame_address != NULL)
        stack_unwind_to(frame_address(context) - HOOK_FRAME, 1);
    real(context, address);
}

/* The landing pad is that of a handler. */
EXPORTED void *__cxa_begin_catch(void *exception);
EXPORTED void *__cxa_begin_catch(void *exception)
{
    static void *(*real)(void *exception);

    stack_caught();
    if (real == NULL)
        real = (void *(*)(void *))next_function("__cxa_begin_catch");
    return real(exception);
}
