/*
 * runs.c - how long the runs behind a profile took. See runs.h.
 *
 * The processes of a run may have different clocks, so the system's time tells how their starts lie apart.
 */
#include "cli/model/runs.h"

#include <math.h>
#include <stdlib.h>

#include "cli/base/count.h"
#include "cli/base/ticks.h"
#include "cli/model/threads.h"

#define CLOCKS_DIFFER 1.01 /* by less than this factor, in a short time */

static int has_calls(const struct profile *profile, const struct profile_thread *thread)
{
    struct profile_sums sums = profile_sums(profile, thread);

    return sums.calls > 0 || sums.self > 0;
}

/* Lists the threads that have calls in LIST. Returns their number. */
static size_t list_threads(const struct profile_thread **list, const struct profile *profile)
{
    size_t count = 0;

    for (size_t i = 0; i < profile->thread_count; i++)
        if (has_calls(profile, &profile->threads[i]))
            list[count++] = &profile->threads[i];
    return count;
}

/* Brings the threads of a process together, and the stacks of a thread, its own first. */
static int compare_threads(const void *left, const void *right)
{
    const struct profile_thread *a = *(const struct profile_thread *const *)left;
    const struct profile_thread *b = *(const struct profile_thread *const *)right;

    if (a->process != b->process)
        return a->process < b->process ? -1 : 1;
    if (a->tid != b->tid)
        return a->tid < b->tid ? -1 : 1;
    return a->is_strand - b->is_strand;
}

static double length(const struct profile_process *process)
{
    return process->end > process->start ? (double)(process->end - process->start) * process->tick_ns : 0;
}

/* Returns the CPU time of PROCESS. One thread that never waits has no more than the process took, by a clock
 * that may differ in the last digits. */
static double cpu_time(const struct profile_process *process)
{
    double longest = length(process);

    return process->cpu > longest && process->cpu < longest * CLOCKS_DIFFER ? longest : process->cpu;
}

static void add_process(struct runs *runs, const struct profile_process *process)
{
    count_add(&runs->processes, process->count > 0 ? process->count : 1);
    runs->cpu += cpu_time(process);
    runs->lacks_cpu |= !(process->cpu > 0);
}

/* Adds the COUNT threads of LIST, which is sorted, and their processes. */
static void add_threads(struct runs *runs, const struct profile *profile,
                        const struct profile_thread *const *list, size_t count)
{
    double first = INFINITY, last = -INFINITY; /* ns after the start of the first process in the profile */

    for (size_t i = 0; i < count; i++) {
        const struct profile_thread *thread = list[i], *before = i > 0 ? list[i - 1] : NULL;
        const struct profile_process *process = &profile->processes[thread->process];
        int is_of_process = before != NULL && before->process == thread->process;

        if (!is_of_process || before->tid != thread->tid || !thread->is_strand)
            count_add(&runs->threads, thread->count);
        if (is_of_process)
            continue;
        double start = (double)ticks_subtract(process->start_time, profile->processes[0].start_time);
        first = fmin(first, start);
        last = fmax(last, start + length(process));
        add_process(runs, process);
    }
    if (count > 0)
        runs->wall += last - first;
}

int runs_add(struct runs *runs, const struct profile *profile)
{
    const struct profile_thread **list = reallocarray(NULL, profile->thread_count + 1, sizeof *list);

    if (list == NULL)
        return -1;
    size_t count = list_threads(list, profile);
    if (count > 1)
        qsort(list, count, sizeof *list, compare_threads);
    add_threads(runs, profile, list, count);
    if (profile->process_count > 0)
        count_add(&runs->count, profile->processes[0].runs > 0 ? profile->processes[0].runs : 1);
    free(list);
    return 0;
}
