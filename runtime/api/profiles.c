/*
 * profiles.c - the profiles that a program makes for itself with profile.h.
 *
 * While a profile is enabled in a thread, the thread's own stack has a second struct thread. That has frames
 * and records of its own, like the state of a coroutine's stack. No time passes for the usual state
 * meanwhile. Calls that began before are not on the path of the second state. Calls that are open when the
 * profile is disabled move to the usual state, which does not count them again.
 *
 * A profile keeps the states of threads that have disabled it. A thread that enables it again gets its own
 * state. Another thread gets the state of an ended thread that had its name. So a name has no more states
 * than threads that had the profile enabled at once.
 *
 * All of this happens in slow paths. A forked child starts with no states.
 */
#include <errno.h>
#include <sys/mman.h>

#include "runtime/api/profiles.h"

#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/hooks/start.h"
#include "runtime/life/profile_state.h"
#include "runtime/life/retire.h"
#include "runtime/life/state.h"
#include "runtime/life/strand.h"
#include "runtime/life/thread.h"
#include "runtime/records/account.h"
#include "runtime/stack/frames.h"
#include "runtime/stack/reset.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"
#include "runtime/timers/now.h"
#include "runtime/timers/timer.h"

const struct failure failure_no_profile = {EINVAL, "the profile is NULL"};
const struct failure failure_no_image = {EIO, "nothing can be recorded: the file for it could not be made"};
static const struct failure already_enabled = {EBUSY, "a profile is already enabled in this thread"};
static const struct failure still_enabled = {EBUSY, "the profile is enabled: disable it first"};
static const struct failure not_enabled = {EINVAL, "the profile is not enabled in this thread"};
static const struct failure other_stack = {ENOTSUP,
                                           "not possible on the stack of a coroutine or a signal handler"};
static const struct failure not_here = {EDEADLK, "a timer may not call this function"};

struct profile *profiles_new(uint64_t (*timer)(void), double unit)
{
    long memory = system_map(sizeof(struct profile), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    struct profile *profile;

    if (memory <= 0)
        return NULL;
    profile = (struct profile *)memory;
    if ((profile->data = memory_private(sizeof *profile->data)) == NULL) {
        system_unmap(profile, sizeof *profile);
        return NULL;
    }
    profile->timer = timer;
    profile->unit = unit;
    return profile;
}

uint32_t profiles_number(struct profile *profile)
{
    struct process *process = process_self();

    if (process == NULL)
        return 0;
    process_lock_retired(process);
    if (profile->data->number == 0)
        profile->data->number = process->profiles++ % (IMAGE_PROFILES - 1) + 1;
    process_unlock_retired(process);
    return profile->data->number;
}

/* Returns 1 if STATE belonged to THREAD, or to a thread of its name that has ended. */
static int is_for(const struct thread *state, const struct image_thread *thread)
{
    return state->shared->tid == thread->tid ||
           (strncmp(state->shared->name, thread->name, sizeof thread->name) == 0 &&
            SYSTEM_CALL(SYS_tgkill, system_pid(), state->shared->tid, 0, 0, 0, 0) == -ESRCH);
}

/* Takes a state for the thread of NATIVE out of PROFILE's list. Returns NULL if there is none. */
static struct thread *state_find(struct process *process, struct profile *profile, struct thread *native)
{
    struct thread **place = &profile->data->idle, *state;

    thread_read_name(native);
    process_lock_retired(process);
    while (*place != NULL && !is_for(*place, native->shared))
        place = &(*place)->next_spare;
    if ((state = *place) != NULL)
        *place = state->next_spare;
    process_unlock_retired(process);
    if (state != NULL && state->shared->tid != native->shared->tid) {
        state->shared->tid = native->shared->tid;
        state->shared->count++;
    }
    return state;
}

/* Makes a state of PROFILE for the thread of NATIVE. Returns NULL without space. */
static struct thread *state_make(struct profile *profile, struct thread *native)
{
    struct thread *state = thread_new(native, profiles_number(profile));

    if (state != NULL && profile->timer != NULL) {
        timer_bring(state, profile->timer);
        thread_empty(state); /* a spare state may hold figures of another timer */
    }
    return state;
}

static void state_start(struct thread *state, struct thread *native, struct profile *profile)
{
    state->native = native;
    state->paused = state->suspended = 0;
    state->timer.has_raw = 0;
    state->shared->end = 0;
    stack_place(state, native->bounds);
    native->profile = profile;
    native->profiled = state;
    __atomic_add_fetch(&profile->data->active, 1, __ATOMIC_RELAXED);
}

/* Enables PROFILE, for profiles_enable(). */
static const struct failure *enable(struct profile *profile, uint64_t sp)
{
    struct process *process = process_start();
    struct thread *thread = thread_self(), *state;
    uint64_t now;

    if (process == NULL || (thread->top == NULL && (thread = thread_start(sp)) == NULL))
        return &failure_no_image;
    if (thread->native->profile != NULL)
        return &already_enabled;
    now = thread_now(thread);
    thread = strand_select(thread, sp, &now);
    if (thread->native != thread || thread->nested > 0)
        return &other_stack;
    state = state_find(process, profile, thread);
    if (state == NULL && (state = state_make(profile, thread)) == NULL)
        return &failure_no_image;
    state_start(state, thread, profile);
    strand_switch(thread, state, thread_now(thread));
    return NULL;
}

/* Disables PROFILE, for profiles_disable(). */
static const struct failure *disable(struct profile *profile, uint64_t sp)
{
    struct process *process = process_self();
    struct thread *thread = thread_self(), *native = thread->native;
    uint64_t now, end;

    if (process == NULL || thread->top == NULL || native->profile != profile)
        return &not_enabled;
    now = thread_now(thread);
    thread = strand_select(thread, sp, &now);
    if (native->profiled != thread || thread->nested > 0)
        return &other_stack;
    end = stack_time(thread, now);
    native->profiled = NULL;
    native->profile = NULL;
    strand_switch(thread, native, now);
    stack_hand_over(thread, sp, end, native);
    profile_state_stop(process, thread, profile);
    return NULL;
}

/* Calls WHAT in a slow path. Returns its failure, or that of entering the slow path. */
static const struct failure *slowly(struct profile *profile, uint64_t sp,
                                    const struct failure *(*what)(struct profile *profile, uint64_t sp))
{
    const struct failure *failure;
    struct slow slow;

    if (profile == NULL)
        return &failure_no_profile;
    if (slow_enter(&slow) != 0)
        return &not_here;
    failure = what(profile, sp);
    slow_leave(&slow);
    return failure;
}

const struct failure *profiles_enable(struct profile *profile, uint64_t sp)
{
    return slowly(profile, sp, enable);
}

const struct failure *profiles_disable(struct profile *profile, uint64_t sp)
{
    return slowly(profile, sp, disable);
}

/* Returns 1 if PROFILE is enabled in no thread. Only then are all of its states in its list. */
static int is_idle(const struct profile *profile)
{
    return __atomic_load_n(&profile->data->active, __ATOMIC_RELAXED) == 0;
}

/* Takes the states out of PROFILE. Their figures stay in the profile of the whole process, unless they are in
 * the ticks of another timer. */
static void states_retire(struct process *process, struct profile *profile)
{
    struct thread *state, *next;

    process_lock_retired(process);
    state = profile->data->idle;
    profile->data->idle = NULL;
    process_unlock_retired(process);
    for (; state != NULL; state = next) {
        next = state->next_spare;
        state->shared->profile = 0;
        if (state->own_timer != NULL)
            thread_drop(process, state);
        else
            thread_collect(process, state);
    }
}

const struct failure *profiles_clear(struct profile *profile)
{
    struct process *process;
    struct slow slow;

    if (profile == NULL)
        return &failure_no_profile;
    if (!is_idle(profile))
        return &still_enabled;
    if (slow_enter(&slow) != 0)
        return &not_here;
    if ((process = process_self()) != NULL)
        states_retire(process, profile);
    slow_leave(&slow);
    return NULL;
}

const struct failure *profiles_free(struct profile *profile)
{
    const struct failure *failure = profile != NULL ? profiles_clear(profile) : NULL;

    if (profile == NULL || failure != NULL)
        return failure;
    memory_private_free(profile->data, sizeof *profile->data);
    system_unmap(profile, sizeof *profile);
    return NULL;
}
