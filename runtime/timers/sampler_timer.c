/*
 * sampler_timer.c - samples a thread by a timer of its CPU time. See sampler_timer.h.
 *
 * The ring's head is struct timer_head. The heads of all threads form a list in the process's state, so that
 * any thread can delete all timers. A forked child finds the list and the rings wiped. It has no timers, but
 * its parent's handler.
 *
 *     sampler_timer_open     is_taken = 1; then not if is_barred; the handler, if the action is the default
 *     sampler_timer_yield    is_barred = 1; then, if is_taken: all timers go, and the handler
 *
 * So either the one sees that the signal is taken, or the other that it may not be.
 */
#include "runtime/timers/sampler_timer.h"

#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

#include "arch.h"
#include "interrupt.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/format/text.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler_ring.h"
#include "runtime/timers/timer.h"

enum {
    LEAST_STACK = 256 * 1024, /* bytes of RLIMIT_STACK, which is the size of new threads' stacks */
    LEAST_PENDING = 1024,     /* of RLIMIT_SIGPENDING: each timer counts as one of a user's pending signals */
    FOREIGN = 8,              /* pending signals of others that are kept: there are at most two */
};

struct timer_head {
    uint64_t filled; /* bytes of samples that have been written */
    uint64_t cpu;    /* nanoseconds of the thread's CPU time at the last sample */
    int32_t timer;   /* the kernel's number for the timer, if there is one */
    int has_timer;
    struct timer_head *before, *after; /* in the list of the process */
};

static int is_taken, is_barred;

/* Its address marks our timers' signals. */
static const char mark;

static const uint64_t only_ours = (uint64_t)1 << (SIGPROF - 1);

/* ---- the signal ---- */

static void handle(int signal, siginfo_t *info, void *context);

static void action_set(struct interrupt_action action)
{
    SYSTEM_CALL(SYS_rt_sigaction, SIGPROF, &action, NULL, sizeof(uint64_t), 0, 0);
}

static void (*action_get(void))(int, siginfo_t *, void *)
{
    struct interrupt_action action = {0};

    SYSTEM_CALL(SYS_rt_sigaction, SIGPROF, NULL, &action, sizeof(uint64_t), 0, 0);
    return action.handler;
}

static int is_ours(const siginfo_t *info)
{
    return info->si_code == SI_TIMER && info->si_value.sival_ptr == &mark;
}

/* The signal is not ours, and the program has no handler for it: so it ends the program. It is blocked until
 * our handler returns. */
static void die(void)
{
    action_set((struct interrupt_action){0});
    SYSTEM_CALL(SYS_tgkill, system_pid(), system_tid(), SIGPROF, 0, 0, 0);
}

/* SIZE is a multiple of 8, as that of all entries. */
static void ring_append(struct timer_head *head, const void *entry, size_t size)
{
    char *data = (char *)head + RING_HEAD;

    for (size_t i = 0; i < size; i += sizeof(uint64_t))
        memcpy(data + (head->filled + i) % RING_SIZE, (const char *)entry + i, sizeof(uint64_t));
    ORDER();
    head->filled += size;
}

/* Adds a sample to HEAD. A tick on a slow path, whose time is nobody's, is told when that ends. */
static void sample(struct timer_head *head, uint64_t address)
{
    uint64_t cpu = system_clock(CLOCK_THREAD_CPUTIME_ID);
    struct ring_sample entry = {.header = {PERF_RECORD_SAMPLE, 0, sizeof entry},
                                .address = address,
                                .period = cpu - head->cpu,
                                .cpu = cpu,
                                .has_program = 1,
                                .program = address};

    head->cpu = cpu;
    if (!slow_is_ending())
        ring_append(head, &entry, sizeof entry);
}

/* Runs with all signals blocked, between any two instructions of the program and of the hooks. A signal may
 * be late: its thread then has no timer any more. */
static void handle(int signal, siginfo_t *info, void *context)
{
    const struct thread *native = thread_self()->native;
    struct timer_head *head = native != NULL ? (struct timer_head *)native->sampler.ring : NULL;

    (void)signal;
    if (!is_ours(info))
        die();
    else if (head != NULL && head->has_timer)
        sample(head, interrupt_address(context));
}

/* Takes the signals away that are pending for this thread. Fills FOREIGN_INFO with those that are not ours.
 * Returns their number. */
static int pending_take(siginfo_t foreign_info[FOREIGN])
{
    static const struct timespec at_once = {0, 0};
    siginfo_t info = {0};
    int count = 0;

    while (count < FOREIGN &&
           SYSTEM_CALL(SYS_rt_sigtimedwait, &only_ours, &info, &at_once, sizeof only_ours, 0, 0) == SIGPROF)
        if (!is_ours(&info))
            foreign_info[count++] = info;
    return count;
}

static void pending_put_back(siginfo_t *info)
{
    if (info->si_code == SI_TKILL)
        SYSTEM_CALL(SYS_rt_tgsigqueueinfo, system_pid(), system_tid(), SIGPROF, info, 0, 0);
    else
        SYSTEM_CALL(SYS_rt_sigqueueinfo, system_pid(), SIGPROF, info, 0, 0, 0);
}

/* Makes the default action that of the signal again. Ignoring it for a moment drops those that are pending in
 * other threads. */
static void signal_return(void)
{
    siginfo_t foreign_info[FOREIGN];
    int foreign = pending_take(foreign_info);

    action_set((struct interrupt_action){.handler = (void (*)(int, siginfo_t *, void *))(uintptr_t)SIG_IGN});
    action_set((struct interrupt_action){0});
    for (int i = 0; i < foreign; i++)
        pending_put_back(&foreign_info[i]);
}

/* ---- whether the program would notice ---- */

static int limit_is_below(int resource, uint64_t least)
{
    struct rlimit64 limit = {0, 0};

    return SYSTEM_CALL(SYS_prlimit64, 0, resource, NULL, &limit, 0, 0) != 0 || limit.rlim_cur < least;
}

/* Returns 1 if the kernel is Linux 5.10 or newer: its timers of CPU time interrupt no system call. */
static int kernel_is_known(void)
{
    struct utsname name = {0};
    const char *text = name.release;
    uint64_t major, minor;

    if (SYSTEM_CALL(SYS_uname, &name, 0, 0, 0, 0, 0) != 0)
        return 0;
    major = take_number(&text);
    text += *text == '.';
    minor = take_number(&text);
    return major > 5 || (major == 5 && minor >= 10);
}

/* The stand-ins that give the signal back are part of a shared library, which alone has timer_load. */
static int is_possible(void)
{
    return INTERRUPT_IS_KNOWN && timer_load != NULL && kernel_is_known() &&
           !limit_is_below(RLIMIT_STACK, LEAST_STACK) && !limit_is_below(RLIMIT_SIGPENDING, LEAST_PENDING);
}

/* Takes the signal if that has its default action. Returns 1 if it is ours then. */
static int signal_take(void)
{
    void (*handler)(int, siginfo_t *, void *) = action_get();

    if (handler == NULL)
        action_set(interrupt_by(handle, SA_RESTART | SA_ONSTACK));
    return handler == NULL || handler == handle; /* a forked child has its parent's */
}

/* ---- the timers ---- */

static int timer_start(struct timer_head *head, uint32_t frequency)
{
    long period = 1000000000 / frequency;
    struct itimerspec times = {{0, period}, {0, period}};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF};

    event.sigev_value.sival_ptr = (void *)(uintptr_t)&mark;
    event._sigev_un._tid = (int)system_tid();
    if (SYSTEM_CALL(SYS_timer_create, CLOCK_THREAD_CPUTIME_ID, &event, &head->timer, 0, 0, 0) != 0)
        return -1;
    head->has_timer = 1;
    head->cpu = system_clock(CLOCK_THREAD_CPUTIME_ID);
    SYSTEM_CALL(SYS_timer_settime, head->timer, 0, &times, NULL, 0, 0);
    return 0;
}

static void timer_end(struct timer_head *head)
{
    if (head->has_timer)
        SYSTEM_CALL(SYS_timer_delete, head->timer, 0, 0, 0, 0, 0);
    head->has_timer = 0;
}

static void list_add(struct process *process, struct timer_head *head)
{
    head->after = process->sampler_timers;
    if (head->after != NULL)
        head->after->before = head;
    process->sampler_timers = head;
}

static void list_remove(struct process *process, struct timer_head *head)
{
    if (head->before != NULL)
        head->before->after = head->after;
    else
        process->sampler_timers = head->after;
    if (head->after != NULL)
        head->after->before = head->before;
}

/* Does the work of sampler_timer_open() for PROCESS, whose list nobody else changes. */
static int open_listed(struct process *process, struct timer_head *head, uint32_t frequency)
{
    __atomic_store_n(&is_taken, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&is_barred, __ATOMIC_SEQ_CST) || !signal_take() || timer_start(head, frequency) != 0)
        return -1;
    list_add(process, head);
    return 0;
}

int sampler_timer_open(struct thread *thread, uint32_t frequency)
{
    struct process *process = process_self();
    struct timer_head *head = process != NULL && is_possible() ? memory_private(RING_MAP_SIZE) : NULL;
    int result;

    if (head == NULL)
        return -1;
    process_lock_retired(process);
    result = open_listed(process, head, frequency);
    process_unlock_retired(process);
    if (result != 0) {
        memory_private_free(head, RING_MAP_SIZE);
        return -1;
    }
    thread->sampler.ring = (char *)head;
    thread->ring_filled = &head->filled;
    return 0;
}

void sampler_timer_stop(struct thread *thread)
{
    struct process *process = process_self();
    struct timer_head *head = (struct timer_head *)thread->sampler.ring;
    siginfo_t foreign_info[FOREIGN];

    if (process == NULL || head == NULL || process->header->sampler != IMAGE_SAMPLER_TIMER)
        return;
    process_lock_retired(process);
    if (head->has_timer) {
        timer_end(head);
        list_remove(process, head);
        for (int i = pending_take(foreign_info); i > 0; i--)
            pending_put_back(&foreign_info[i - 1]);
    }
    process_unlock_retired(process);
}

static void timers_end(struct process *process)
{
    process_lock_retired(process);
    for (struct timer_head *head = process->sampler_timers; head != NULL; head = head->after)
        timer_end(head);
    process->sampler_timers = NULL;
    process_unlock_retired(process);
}

/* A child that vfork made shares our memory, but has no timers, and an action of its own for the signal. */
void sampler_timer_yield(void)
{
    struct process *process;
    struct slow slow;

    __atomic_store_n(&is_barred, 1, __ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&is_taken, __ATOMIC_SEQ_CST) || slow_enter(&slow) != 0)
        return;
    process = process_self();
    if (process != NULL && process_is_ours(process))
        timers_end(process);
    if (action_get() == handle)
        signal_return();
    slow_leave(&slow);
}

uint32_t sampler_timer_most(void)
{
    struct timespec tick = {0, 0};

    SYSTEM_CALL(SYS_clock_getres, CLOCK_MONOTONIC_COARSE, &tick, 0, 0, 0, 0);
    return tick.tv_nsec > 0 ? (uint32_t)(1000000000 / tick.tv_nsec) : UINT32_MAX;
}
