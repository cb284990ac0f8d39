/*
 * profile_state.c - disables a profile in a thread. See profile_state.h.
 */
#include "runtime/life/profile_state.h"

#include "runtime/core/process.h"
#include "runtime/core/thread.h"
#include "runtime/stack/frames.h"
#include "runtime/timers/now.h"
#include "runtime/timers/timer.h"

void profile_state_stop(struct process *process, struct thread *state, struct profile *profile)
{
    state->shared->end = timer_clock();
    process_lock_retired(process);
    state->next_spare = profile->data->idle;
    profile->data->idle = state;
    process_unlock_retired(process);
    __atomic_sub_fetch(&profile->data->active, 1, __ATOMIC_RELAXED);
}

void profile_state_end_thread(struct thread *native)
{
    struct thread *state = native->profiled;
    struct process *process = process_self();

    if (state == NULL || process == NULL)
        return;
    stack_unwind_all(state, stack_time(state, thread_now(state)));
    profile_state_stop(process, state, native->profile);
    native->profiled = NULL;
    native->profile = NULL;
}
