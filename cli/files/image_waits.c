/*
 * image_waits.c - shares out the time that a thread had no processor. See image_waits.h.
 *
 * The kernel has told for how long the thread ran in all, and for how long it waited for a processor. Each
 * record has a part of that waiting by its time.
 *
 * The thread may also have been blocked. A call that is timed shows that by itself. But if the records of
 * which not all calls are timed, and their callers, took longer than the thread ran, then it was blocked
 * there: at least for the difference.
 */
#include "cli/files/image_waits.h"

#include <math.h>
#include <stdlib.h>

/* Sets the marks of record I, of which not all calls are timed, and of its callers up to one whose calls are.
 */
static void mark(char *marks, const struct profile *profile, const struct profile_thread *thread, size_t i)
{
    while (i > thread->root && !marks[i - thread->root]) {
        marks[i - thread->root] = 1;
        if (profile->records[i].clocked == profile->records[i].calls)
            return;
        i = profile->records[i].parent;
    }
}

/* Returns the ticks of the records of THREAD, or of those with a mark. None is negative. */
static double add_up(const struct profile *profile, const struct profile_thread *thread, const char *marks)
{
    double sum = 0;

    for (size_t i = thread->root + (size_t)1; i < profile->record_count; i++)
        if (marks == NULL || marks[i - thread->root])
            sum += (double)profile->records[i].self;
    return sum;
}

/* Shares out what THREAD had no processor among the records of ADDED. A tick has TICK nanoseconds. */
static void share(struct profile *profile, const struct profile_thread *added,
                  const struct image_thread *thread, const char *marks, double tick)
{
    double all = add_up(profile, added, NULL), marked = add_up(profile, added, marks);
    double waited = all > 0 ? fmin((double)thread->waited, all * tick) / all : 0;
    double blocked = marked * (tick - waited) - (double)thread->ran;

    blocked = blocked > 0 ? blocked / marked : 0;
    for (size_t i = added->root + (size_t)1; i < profile->record_count; i++) {
        double self = (double)profile->records[i].self;

        profile->records[i].preempted = (uint64_t)ticks_round(self * waited);
        profile->records[i].blocked = marks[i - added->root] ? (uint64_t)ticks_round(self * blocked) : 0;
    }
}

int waits_share(struct profile *profile, const struct profile_thread *added,
                const struct image_thread *thread)
{
    char *marks;

    if (thread->ran == 0)
        return 0;
    if ((marks = calloc(profile->record_count - added->root, 1)) == NULL)
        return -1;
    for (size_t i = added->root + (size_t)1; i < profile->record_count; i++)
        if (profile->records[i].clocked < profile->records[i].calls)
            mark(marks, profile, added, i);
    share(profile, added, thread, marks, profile_tick(&profile->processes[added->process]));
    free(marks);
    return 0;
}
