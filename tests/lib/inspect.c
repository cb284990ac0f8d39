/*
 * inspect.c - prints the contents of a profile, for the tests: `inspect FILE`.
 *
 *     edge CALLER CALLEE CALLS    for each context; the CALLER "-" is a thread's start
 *     unwound FUNCTION N          for each context that was left N times by an exception or a jump
 *     thread NAME CALLS OPEN UNMATCHED LOST
 *     process PID PARENT CALLS
 *     sampler PID WHO             who sampled the process
 *     insane WHAT                 for each impossible time: longer than the thread lived, or before its start
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/load_profile.h"

static const char *const SAMPLERS[] = {
    [PROFILE_SAMPLER_NONE] = "none", [PROFILE_SAMPLER_PERF] = "perf", [PROFILE_SAMPLER_TIMER] = "timer"};

static const char *name_of(const struct profile *profile, uint32_t function)
{
    const char *name = function == PROFILE_NONE ? "-" : profile->functions[function].name;

    return name != NULL ? name : "?";
}

static void print_edges(const struct profile *profile)
{
    for (size_t i = 0; i < profile->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        if (record->parent != PROFILE_NONE && record->calls > 0)
            printf("edge %s %s %" PRIu64 "\n", name_of(profile, profile->records[record->parent].function),
                   name_of(profile, record->function), record->calls);
        if (record->unwound > 0)
            printf("unwound %s %" PRIu64 "\n", name_of(profile, record->function), record->unwound);
    }
}

static uint64_t print_thread(const struct profile *profile, const struct profile_thread *thread)
{
    const struct profile_process *process = &profile->processes[thread->process];
    int64_t lived = (int64_t)((thread->end - thread->start) * thread->count), self = 0;
    /* If the times are estimates, only their sum can be checked. */
    int are_sure = process->reads != PROFILE_READS_SAMPLED;
    uint64_t calls = 0;

    for (uint32_t i = thread->root; i < thread->root + thread->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        calls += record->calls;
        self += record->self;
        if (are_sure && record->self > lived)
            printf("insane self time of %s\n", name_of(profile, record->function));
        if (are_sure && record->inclusive > lived)
            printf("insane inclusive time of %s\n", name_of(profile, record->function));
    }
    if (thread->end < thread->start || self > lived)
        printf("insane times of thread %s: %" PRId64 " ticks of %" PRId64 "\n", thread->name, self, lived);
    printf("thread %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", thread->name, calls, thread->open,
           thread->unmatched, thread->lost);
    return calls;
}

static void print_processes(const struct profile *profile)
{
    for (uint32_t i = 0; i < profile->process_count; i++) {
        uint64_t calls = 0;

        for (size_t j = 0; j < profile->thread_count; j++)
            if (profile->threads[j].process == i)
                calls += print_thread(profile, &profile->threads[j]);
        printf("process %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", profile->processes[i].pid,
               profile->processes[i].parent, calls);
        printf("sampler %" PRIu64 " %s\n", profile->processes[i].pid,
               SAMPLERS[profile->processes[i].sampler]);
    }
}

int main(int argc, char **argv)
{
    struct message message = {""};
    struct profile profile = {0};

    if (argc != 2 || load_profile(&profile, argv[1], &message) != 0) {
        fprintf(stderr, "inspect: %s\n", argc != 2 ? "one FILE" : message.text);
        return 1;
    }
    print_edges(&profile);
    print_processes(&profile);
    model_free(&profile);
    return 0;
}
