/*
 * turns.c - a thread takes the turns that it has missed. See turns.h.
 */
#include "runtime/stack/turns.h"

#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/format/turn.h"
#include "runtime/gate/gate.h"
#include "runtime/stack/bounds.h"
#include "runtime/stack/frames.h"
#include "runtime/stack/reset.h"
#include "runtime/timers/sampler.h"

enum { POSTPONED_MOST = 1000 };

/* Returns when THREAD takes a turn of TICKS, on its stack's own timer: at TICKS if the timer is the clock,
 * else at NOW. */
static uint64_t turn_time(const struct thread *thread, uint64_t ticks, uint64_t now)
{
    const struct image_header *header = (const struct image_header *)thread->base;
    uint64_t when = header->timer == IMAGE_TIMER_CLOCK && ticks < now ? ticks : now;

    if (thread->suspended != 0 && thread->suspended < when)
        when = thread->suspended;
    return when > thread->paused ? when - thread->paused : 0;
}

/* Returns 1 if the turns must wait. A signal handler may have interrupted a hook, which would go on with a
 * frame that a turn has closed or restarted. The handler returns soon, and its events are lost until then.
 * But the registers of a handler that returned long ago may still lie on the stack, so patience ends after
 * POSTPONED_MOST events. */
static int must_postpone(struct thread *thread, uint64_t sp)
{
    if (!stack_holds_hook(thread, sp) || thread->postponed++ >= POSTPONED_MOST)
        return 0;
    thread_send(thread);
    return 1;
}

int turns_catch_up(struct thread *thread, uint64_t sp, uint64_t now)
{
    uint32_t newest = __atomic_load_n(&gate.turn, __ATOMIC_ACQUIRE);

    if (LIKELY(thread->turn == newest))
        return 0;
    if (must_postpone(thread, sp))
        return -1;
    thread->postponed = 0;
    while (thread->turn != newest) {
        struct image_turn turn = turn_get(&gate, thread->turn + 1);

        if (turn.kind == IMAGE_TURN_PAUSE)
            stack_close_all(thread, turn_time(thread, turn.ticks, now));
        else if (turn.kind == IMAGE_TURN_RESET)
            thread_reset(thread, turn_time(thread, turn.ticks, now));
        thread_set_turn(thread, thread->turn + 1);
    }
    return 0;
}

/* Returns the return address of the hook at whose event the stack pointer was SP. */
static uint64_t caller_of(uint64_t sp)
{
    return *(const uint64_t *)(sp + HOOK_FRAME - sizeof(uint64_t));
}

int turns_take_samples(struct thread *thread, uint64_t sp)
{
    return thread->turn == __atomic_load_n(&gate.turn, __ATOMIC_ACQUIRE) &&
           sampler_take(thread, sp != 0 ? caller_of(sp) : 0);
}
