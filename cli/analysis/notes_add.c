/*
 * notes_add.c - collects what the reader of a report should know. See notes_add.h.
 *
 * Calls that had not returned are counted only where a signal killed the program: a program that calls exit()
 * always leaves some.
 */
#include "cli/analysis/notes_add.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/base/count.h"
#include "cli/model/threads.h"

static void add_clock(struct notes *notes, const struct profile_process *process)
{
    if (process->asleep > notes->asleep)
        notes->asleep = process->asleep;
    if (fabs(process->astray) > fabs(notes->astray))
        notes->astray = process->astray;
}

static void add_process(struct notes *notes, const struct profile *profile, uint32_t process)
{
    if (profile->processes[process].exit != PROFILE_EXIT_SIGNAL)
        return;
    if (process > 0)
        notes->children++;
    else if (notes->killed++ == 0)
        notes->signal = profile->processes[process].exit_value;
}

/* Writes the name of FUNCTION, an index in PROFILE, into TEXT. */
static void name_function(char text[NOTES_NAME_MAX], const struct profile *profile, uint32_t function)
{
    const struct profile_function *named = &profile->functions[function];
    char *name = named->name == NULL ? NULL : symbolizer_demangle(named->name, named->language, 0);

    if (named->name == NULL)
        snprintf(text, NOTES_NAME_MAX, "the function at 0x%" PRIx64, named->offset);
    else
        snprintf(text, NOTES_NAME_MAX, "%s", name != NULL ? name : named->name);
    free(name);
}

void notes_add_throttled(struct notes *notes, const struct profile *profile)
{
    for (size_t i = 0; i < profile->throttled_count; i++) {
        const struct profile_throttled *throttled = &profile->throttled[i];

        if (notes->throttled++ >= NOTES_THROTTLED)
            continue;
        struct notes_throttled *first = &notes->first_throttled[notes->throttled - 1];
        name_function(first->name, profile, throttled->function);
        first->after = throttled->after;
        first->calls = throttled->calls;
    }
}

static void add_thread(struct notes *notes, const struct profile *profile,
                       const struct profile_thread *thread)
{
    const struct profile_process *process = &profile->processes[thread->process];

    count_add(&notes->lost, thread->lost);
    count_add(&notes->folded, thread->folded);
    if (process->timer < PROFILE_TIMER_CPU)
        count_add(&notes->rewound, thread->backwards);
    else
        count_add(&notes->backwards, thread->backwards);
    if (process->exit == PROFILE_EXIT_SIGNAL)
        count_add(&notes->open, thread->open);
    struct profile_sums sums = profile_sums(profile, thread);
    notes->has_calls |= sums.calls != 0 || sums.self != 0;
}

void notes_add(struct notes *notes, const struct profile *profile)
{
    notes->programs += profile->process_count > 0;
    notes_add_throttled(notes, profile);
    for (size_t i = 0; i < profile->process_count; i++) {
        add_process(notes, profile, (uint32_t)i);
        add_clock(notes, &profile->processes[i]);
        count_add(&notes->unrecorded, profile->processes[i].children_lost);
        notes->is_untimed |= profile->processes[i].reads == PROFILE_READS_NONE;
    }
    for (size_t i = 0; i < profile->thread_count; i++)
        add_thread(notes, profile, &profile->threads[i]);
}
