/*
 * profile_state.h - a profile that the program has made, as far as the end of a thread needs to know of it.
 */
#ifndef RUNTIME_LIFE_PROFILE_STATE_H
#define RUNTIME_LIFE_PROFILE_STATE_H

#include <stdint.h>

#include "runtime/core/process.h"
#include "runtime/core/thread.h"

/* Wiped in a forked child. */
struct profile_data {
    uint32_t number;     /* image_thread.profile of its states; 0: none has been made */
    uint32_t active;     /* threads in which the profile is enabled */
    struct thread *idle; /* states that no thread uses, under process.lock_retired */
};

struct profile {
    uint64_t (*timer)(void); /* or NULL: the process's */
    double unit;             /* seconds a tick of the timer, or 0: it counts things */
    struct profile_data *data;
};

/* Disables PROFILE in a thread that had STATE for it. The frames have been closed. */
void profile_state_stop(struct process *process, struct thread *state, struct profile *profile);

/* Disables the profile that is enabled in the thread of NATIVE, which ends. */
void profile_state_end_thread(struct thread *native);

#endif
