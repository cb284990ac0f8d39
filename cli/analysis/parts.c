/*
 * parts.c - collects the processes and threads of runs. See parts.h.
 */
#include "cli/analysis/parts.h"

#include <stdlib.h>

#include "cli/analysis/family.h"
#include "cli/base/array.h"
#include "cli/base/count.h"
#include "cli/model/threads.h"

static void add_figures(struct parts_figures *sum, const struct parts_figures *figures)
{
    count_add(&sum->calls, figures->calls);
    count_add(&sum->unwound, figures->unwound);
    sum->self += figures->self;
    sum->variance += figures->variance;
}

static double wall(uint64_t start, uint64_t end, double tick_ns)
{
    return (double)profile_elapsed(start, end) * tick_ns;
}

static struct parts_figures thread_figures(const struct profile *profile, const struct profile_thread *thread)
{
    const struct profile_process *process = &profile->processes[thread->process];
    struct profile_sums sums = profile_sums(profile, thread);
    double tick = profile_tick(process);
    struct parts_figures figures = {.unwound = thread->unwound,
                                    .self = (double)sums.self * tick,
                                    .variance = sums.variance * tick * tick,
                                    .wall = wall(thread->start, thread->end, process->tick_ns)};

    count_add(&figures.calls, sums.calls);
    return figures;
}

static int add_thread(struct parts *parts, const struct profile *profile, const struct profile_thread *thread,
                      const struct parts_figures *figures)
{
    const struct profile_process *process = &profile->processes[thread->process];
    struct parts_thread *added = ARRAY_APPEND(parts->threads, parts->thread_count);

    if (added == NULL)
        return -1;
    *added = (struct parts_thread){.process = thread->process,
                                   .pid = process->pid,
                                   .tid = thread->tid,
                                   .count = thread->count,
                                   .is_strand = thread->is_strand,
                                   .name = intern_string(&parts->strings, thread->name),
                                   .command = intern_string(&parts->strings, process->command),
                                   .figures = *figures};
    return added->name == NULL || added->command == NULL ? -1 : 0;
}

static int add_process(struct parts *parts, const struct profile_process *process,
                       const struct family_member *member, const struct parts_process *sums)
{
    struct parts_process *added = ARRAY_APPEND(parts->processes, parts->process_count);

    if (added == NULL)
        return -1;
    *added = *sums;
    added->pid = process->pid;
    added->parent = process->parent;
    added->command = intern_string(&parts->strings, process->command);
    added->exit = process->exit;
    added->exit_value = process->exit_value;
    added->level = member->level;
    added->is_last = member->is_last;
    added->figures.wall = wall(process->start, process->end, process->tick_ns);
    return added->command == NULL ? -1 : 0;
}

/* The state of parts_add(). */
struct addition {
    struct parts *parts;
    const struct profile *profile;
    struct parts_process *sums; /* by process: the sums of its threads */
    unsigned char *listed;      /* by process: it made calls */
    uint32_t *places;           /* by process: its place among the listed ones */
};

static int add_threads(struct addition *addition)
{
    const struct profile *profile = addition->profile;

    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        const struct parts_figures figures = thread_figures(profile, thread);
        if (figures.calls == 0 && !(figures.self > 0))
            continue;
        addition->listed[thread->process] = 1;
        add_figures(&addition->sums[thread->process].figures, &figures);
        addition->parts->counts = profile_counts(&profile->processes[thread->process]);
        if (add_thread(addition->parts, profile, thread, &figures) != 0)
            return -1;
    }
    return 0;
}

static int compare_ids(const void *left, const void *right)
{
    const struct parts_thread *a = left, *b = right;

    if (a->process != b->process)
        return a->process < b->process ? -1 : 1;
    if (a->tid != b->tid)
        return a->tid < b->tid ? -1 : 1;
    return a->is_strand - b->is_strand;
}

/* Goes through the threads from FIRST on: adds the stacks of coroutines to the threads that ran on them, and
 * counts the threads of each process. */
static void fold_strands(struct addition *addition, size_t first)
{
    struct parts *parts = addition->parts;
    size_t kept = first;

    if (parts->thread_count > first)
        qsort(parts->threads + first, parts->thread_count - first, sizeof *parts->threads, compare_ids);
    for (size_t i = first; i < parts->thread_count; i++) {
        struct parts_thread thread = parts->threads[i], *last = &parts->threads[kept - (kept > first)];
        if (thread.is_strand && kept > first && last->process == thread.process && last->tid == thread.tid) {
            add_figures(&last->figures, &thread.figures);
            continue;
        }
        count_add(&addition->sums[thread.process].threads, thread.count);
        parts->threads[kept++] = thread;
    }
    parts->thread_count = kept;
}

static int add_processes(struct addition *addition)
{
    const struct profile *profile = addition->profile;
    size_t count = 0;
    struct family_member *members = family_order(profile, addition->listed, &count);
    int result = members != NULL ? 0 : -1;

    for (size_t i = 0; result == 0 && i < count; i++) {
        uint32_t process = members[i].process;
        addition->places[process] = (uint32_t)i;
        result =
            add_process(addition->parts, &profile->processes[process], &members[i], &addition->sums[process]);
    }
    free(members);
    return result;
}

static int compare_threads(const void *left, const void *right)
{
    const struct parts_thread *a = left, *b = right;

    if (a->process != b->process)
        return a->process < b->process ? -1 : 1;
    if (a->figures.self != b->figures.self)
        return a->figures.self > b->figures.self ? -1 : 1;
    return (a->tid > b->tid) - (a->tid < b->tid);
}

/* Sorts the threads from FIRST on by the place of their process, then by time. */
static void sort_threads(struct addition *addition, size_t first)
{
    struct parts *parts = addition->parts;

    for (size_t i = first; i < parts->thread_count; i++)
        parts->threads[i].process = addition->places[parts->threads[i].process];
    if (parts->thread_count > first)
        qsort(parts->threads + first, parts->thread_count - first, sizeof *parts->threads, compare_threads);
}

static int add_profile(struct addition *addition)
{
    size_t first = addition->parts->thread_count;

    if (add_threads(addition) != 0)
        return -1;
    fold_strands(addition, first);
    if (add_processes(addition) != 0)
        return -1;
    sort_threads(addition, first);
    return 0;
}

int parts_add(struct parts *parts, const struct profile *profile, struct message *message)
{
    size_t count = profile->process_count + 1;
    struct addition addition = {.parts = parts,
                                .profile = profile,
                                .sums = calloc(count, sizeof *addition.sums),
                                .listed = calloc(count, 1),
                                .places = calloc(count, sizeof *addition.places)};
    int result = -1;

    if (addition.sums != NULL && addition.listed != NULL && addition.places != NULL)
        result = add_profile(&addition);
    free(addition.sums);
    free(addition.listed);
    free(addition.places);
    return result == 0 ? 0 : message_no_memory(message);
}

void parts_free(struct parts *parts)
{
    free(parts->processes);
    free(parts->threads);
    intern_free(&parts->strings);
    *parts = (struct parts){0};
}
