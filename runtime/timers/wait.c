/*
 * wait.c - the clock as a timer that also measures how long threads wait.
 *
 *     time waited = time passed - CPU time passed
 *
 * CPU time takes a system call. It is read only when the thread may have waited: when GAP has passed since
 * its last event. Hot, short calls pay for a comparison. The wait belongs to the function that was innermost
 * in the gap, and is no longer than the gap. The two clocks drift apart a little. So CPU time is also read
 * when REBASE has passed since its last reading.
 *
 * The timer stands still while CPU time is read: no function is charged for that.
 */
#include "runtime/timers/wait.h"

#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/account.h"
#include "runtime/records/records.h"
#include "runtime/system/system.h"
#include "runtime/timers/timer.h"

enum {
    GAP = 2000,       /* nanoseconds; about the time to switch from a thread that waits and back to it */
    LEAST = 1000,     /* nanoseconds; shorter waits are taken for errors of the readings */
    REBASE = 1000000, /* nanoseconds */
};

static double tick;          /* nanoseconds in a tick of the clock */
static uint64_t gap, rebase; /* GAP and REBASE in ticks; 0: the length of a tick is not known */

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

/* Returns the details of RECORD, made if need be, or NULL without space. */
static COLD struct image_details *make_details(struct thread *thread, struct image_record *record)
{
    struct image_details *details;
    struct slow slow;
    int is_first = slow_enter(&slow) == 0; /* else this is a slow path already: signals are blocked */

    details = context_details(thread, record);
    if (is_first)
        slow_leave(&slow);
    return details;
}

/* Adds NANOSECONDS to the time that the innermost function has waited. */
static void add(struct thread *thread, uint64_t nanoseconds)
{
    struct image_record *record;
    struct image_details *details;

    if (thread->top == NULL)
        return;
    record = thread_innermost(thread);
    details = record->details != 0 ? image_at(thread->base, record->details) : make_details(thread, record);
    if (details != NULL)
        arch_add(&details->waited, nanoseconds);
}

/* Reads CPU time at NOW, SINCE ticks after the thread's last event, and adds up what the thread has waited.
 * If the program has forbidden itself that, nothing more is known of its waiting. */
static COLD void look(struct thread *thread, struct thread_wait *wait, uint64_t now, int64_t since)
{
    uint64_t cpu = system_clock(CLOCK_THREAD_CPUTIME_ID);
    double most = (double)since * tick;
    double waited = (double)(int64_t)(now - wait->wall) * tick - (double)(int64_t)(cpu - wait->cpu);

    if (!system_allows(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID)) {
        process_miss_timer();
        return;
    }
    waited = waited < most ? waited : most;
    if (wait->wall != 0 && since >= (int64_t)gap && waited >= LEAST)
        add(thread, (uint64_t)waited);
    wait->wall = now;
    wait->cpu = cpu;
    wait->event = timer_clock();
    wait->hidden += wait->event - now;
}

/* A signal handler that interrupts this finds busy set, and takes WAIT as it is. */
uint64_t wait_read(struct thread *thread)
{
    struct thread_wait *wait = &thread->native->wait;
    uint64_t now = timer_clock(), result = now - wait->hidden;
    uint64_t sp = (uint64_t)__builtin_frame_address(0);
    int64_t since = (int64_t)(now - wait->event);

    if (thread_is_busy(thread, wait->busy, sp) || gap == 0)
        return result;
    wait->busy = sp;
    wait->event = now;
    if (since >= (int64_t)gap || (int64_t)(now - wait->wall) >= (int64_t)rebase)
        look(thread, wait, now, since);
    wait->busy = 0;
    return result;
}
