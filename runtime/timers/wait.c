/*
 * wait.c - the clock as a timer that also finds out how long threads wait: that is the time that passes, less
 * what they have of a processor.
 *
 * CPU time takes a system call, so it is not read with the clock but only where it can matter: when GAP has
 * passed since the thread's last event, for then it may have waited. Hot, short calls pay a comparison. What
 * was waited since the last reading is the innermost function's of that gap, and no more than the gap. The
 * two clocks go apart by little, so CPU time is read again after REBASE in any case.
 *
 * While CPU time is read the timer stands still: that is in no function's time.
 */
#include "runtime/timers/wait.h"

#include "runtime/core/compiler.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/system/system.h"
#include "runtime/timers/timer.h"

enum {
    GAP = 2000,   /* nanoseconds; a thread that waits needs about as long to be switched away from and to */
    LEAST = 1000, /* what passes for waiting: less is the readings' own */
    REBASE = 1000000,
};

static double tick;          /* nanoseconds */
static uint64_t gap, rebase; /* ticks; 0: nothing is known of a tick */

void wait_begin(double nanoseconds)
{
    tick = nanoseconds;
    gap = tick > 0 ? (uint64_t)(GAP / tick) : 0;
    rebase = tick > 0 ? (uint64_t)(REBASE / tick) : 0;
}

int wait_is_known(void)
{
    return gap != 0;
}

/* The record of the innermost function: of the caller, where a call is just beginning. NULL where there is
 * none. */
static struct image_record *innermost(const struct thread *thread)
{
    const struct image_frame *frame = thread->top;

    if (frame != NULL && frame->sp == 0)
        frame = frame_below(thread, frame);
    return frame != NULL && frame->record != 0 ? image_at(thread->base, frame->record) : NULL;
}

static COLD struct image_details *make_details(struct thread *thread, struct image_record *record)
{
    struct image_details *details;
    struct slow slow;
    int is_first = slow_enter(&slow) == 0; /* else we are in a slow path already, with signals blocked */

    details = context_details(thread, record);
    if (is_first)
        slow_leave(&slow);
    return details;
}

static void add(struct thread *thread, uint64_t nanoseconds)
{
    struct image_record *record = innermost(thread);
    struct image_details *details;

    if (record == NULL)
        return;
    details = record->details != 0 ? image_at(thread->base, record->details) : make_details(thread, record);
    if (details != NULL)
        arch_add(&details->waited, nanoseconds);
}

/* At NOW, SINCE ticks after the thread's last event. */
static COLD void look(struct thread *thread, struct thread_wait *wait, uint64_t now, int64_t since)
{
    uint64_t cpu = system_clock(CLOCK_THREAD_CPUTIME_ID);
    double most = (double)since * tick;
    double waited = (double)(int64_t)(now - wait->wall) * tick - (double)(int64_t)(cpu - wait->cpu);

    waited = waited < most ? waited : most;
    if (wait->wall != 0 && since >= (int64_t)gap && waited >= LEAST)
        add(thread, (uint64_t)waited);
    wait->wall = now;
    wait->cpu = cpu;
    wait->event = timer_clock();
    wait->hidden += wait->event - now;
}

/* A signal handler that comes in between takes the time as it finds it. */
uint64_t wait_read(struct thread *thread)
{
    struct thread_wait *wait = &thread->native->wait;
    uint64_t now = timer_clock(), result = now - wait->hidden;
    int64_t since = (int64_t)(now - wait->event);

    if (wait->is_busy || gap == 0)
        return result;
    wait->is_busy = 1;
    wait->event = now;
    if (since >= (int64_t)gap || (int64_t)(now - wait->wall) >= (int64_t)rebase)
        look(thread, wait, now, since);
    wait->is_busy = 0;
    return result;
}
