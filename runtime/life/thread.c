/*
 * thread.c - the beginning and the end of a thread. See thread.h.
 */
#include <limits.h>
#include <pthread.h>
#include <sys/prctl.h>

#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/text.h"
#include "runtime/gate/filter.h"
#include "runtime/gate/gate.h"
#include "runtime/life/fork.h"
#include "runtime/life/profile_state.h"
#include "runtime/life/retire.h"
#include "runtime/life/state.h"
#include "runtime/life/strand.h"
#include "runtime/life/thread.h"

#include "runtime/records/account.h"
#include "runtime/stack/bounds.h"
#include "runtime/stack/frames.h"
#include "runtime/stack/turns.h"
#include "runtime/system/system.h"
#include "runtime/timers/now.h"
#include "runtime/timers/sampler.h"
#include "runtime/timers/timer.h"

static pthread_key_t end_key;
static int end_key_made;

/* Returns the highest address of the thread's own stack. A stack that glibc makes ends in the thread's
 * control block. The main stack lies above all else. */
static uint64_t stack_end(uint64_t sp)
{
    static const uint64_t largest = 1 << 30;
    uint64_t control_block = arch_thread_pointer();

    return control_block > sp && control_block - sp < largest ? control_block : UINT64_MAX;
}

static void live_add(struct process *process, struct thread *thread)
{
    process_lock_retired(process);
    thread->live_before = NULL;
    thread->live_after = process->live;
    if (process->live != NULL)
        process->live->live_before = thread;
    process->live = thread;
    process_unlock_retired(process);
}

static void live_remove(struct process *process, struct thread *thread)
{
    process_lock_retired(process);
    if (thread->live_before != NULL)
        thread->live_before->live_after = thread->live_after;
    else
        process->live = thread->live_after;
    if (thread->live_after != NULL)
        thread->live_after->live_before = thread->live_before;
    process_unlock_retired(process);
}

void threads_read_names(struct process *process)
{
    process_lock_retired(process);
    for (struct thread *thread = process->live; thread != NULL; thread = thread->live_after) {
        char path[64], name[sizeof thread->shared->name] = "";
        size_t length = append(path, sizeof path, 0, "/proc/self/task/");

        length = append_number(path, sizeof path, length, thread->shared->tid);
        append(path, sizeof path, length, "/comm");
        if (system_read_file(path, name, sizeof name) > 0) {
            name[strcspn(name, "\n")] = '\0';
            memcpy(thread->shared->name, name, sizeof name);
        }
    }
    process_unlock_retired(process);
}

void threads_note_waits(struct process *process)
{
    process_lock_retired(process);
    for (struct thread *thread = process->live; thread != NULL; thread = thread->live_after)
        sampler_note_waits(thread);
    process_unlock_retired(process);
}

void threads_settle(struct process *process)
{
    process_lock_retired(process);
    for (struct thread *thread = process->live; thread != NULL; thread = thread->live_after)
        bounds_settle(thread);
    process_unlock_retired(process);
}

void thread_note_timer(void)
{
    struct thread *thread = thread_self();

    if (thread->top != NULL && thread->has_timer)
        thread->shared->timer_end = thread_timer(thread);
}

void thread_note_samples(void)
{
    struct thread *thread = thread_self();

    if (thread->top != NULL)
        turns_take_samples(thread, 0);
}

struct thread *thread_start(uint64_t sp)
{
    struct thread *thread = thread_new(NULL, 0);

    if (thread == NULL)
        return NULL;
    thread->first_sp = sp;
    stack_place(thread, (struct stack_bounds){sp > STACK_NEAR ? sp - STACK_NEAR : 0, stack_end(sp)});
    thread_become(thread);
    live_add(process_self(), thread);
    fork_inherit(thread, sp);
    if (end_key_made)
        pthread_setspecific(end_key, thread);
    return thread;
}

/* Runs when a thread ends, among the destructors of thread-specific data. The program's destructors may be
 * instrumented and come later: so this one asks to be called again, as often as it can. */
static void thread_end(void *argument)
{
    struct thread *thread = argument;
    struct slow slow;
    uint64_t now, end;

    if (thread->top == NULL || thread != thread_self()->native || slow_enter(&slow) != 0)
        return;
    if (++thread->destructor_rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
        pthread_setspecific(end_key, thread);
    } else {
        now = thread_now(thread);
        end = thread->has_timer ? timer_clock() : now;
        thread_note_samples();
        turns_catch_up(thread, UINT64_MAX, now);
        profile_state_end_thread(thread);
        strands_end(thread, now, end);
        stack_unwind_all(thread, stack_time(thread, now));
        timer_close(thread);
        sampler_note_waits(thread);
        sampler_close(thread);
        thread->shared->end = end;
        thread_offset = 0;
        live_remove(process_self(), thread);
        thread_read_name(thread);
        thread_retire(thread);
    }
    slow_leave(&slow);
}

void thread_end_hook_create(void)
{
    if (!end_key_made)
        end_key_made = pthread_key_create(&end_key, thread_end) == 0;
}
