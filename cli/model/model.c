/*
 * model.c - the strings and the memory of a profile. See model.h.
 */
#include "cli/model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/model/threads.h"

#define TICK_LONGEST  1e20   /* nanoseconds, or units: more than a clock has */
#define TICK_SHORTEST 1e-100 /* below that, times lose digits when they are converted */

const char *profile_string(struct profile *profile, const char *text, size_t length)
{
    char *copy = blocks_room(&profile->strings, length + 1);

    if (copy == NULL)
        return NULL;
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void profile_warn(struct profile *profile, const char *text)
{
    const char *copy = profile_string(profile, text, strlen(text));
    const char **warning = copy != NULL ? ARRAY_APPEND(profile->warnings, profile->warning_count) : NULL;

    if (warning != NULL)
        *warning = copy;
}

int profile_is_tick(double length)
{
    return length == 0 || (length >= TICK_SHORTEST && length <= TICK_LONGEST);
}

double profile_tick(const struct profile_process *process)
{
    double tick = process->tick != 0 ? process->tick : process->tick_ns;

    return isfinite(tick) && tick > 0 ? tick : 0;
}

int profile_counts(const struct profile_process *process)
{
    return process->unit != NULL && process->unit[0] != '\0';
}

const char *profile_measure(const struct profile_process *process)
{
    if (profile_counts(process))
        return process->unit;
    if (process->timer == PROFILE_TIMER_CPU)
        return "CPU time";
    return process->timer == PROFILE_TIMER_CUSTOM ? "custom time" : PROFILE_MEASURE_TIME;
}

int profile_is_of_one_measure(const struct profile *profile)
{
    for (size_t i = 1; i < profile->process_count; i++)
        if (strcmp(profile_measure(&profile->processes[i]), profile_measure(&profile->processes[0])) != 0)
            return 0;
    return 1;
}

void profile_forget_overhead(struct profile *profile)
{
    for (size_t i = 0; i < profile->record_count; i++)
        profile->records[i].overhead = profile->records[i].inclusive_overhead = 0;
    for (size_t i = 0; i < profile->edge_count; i++)
        profile->edges[i].nested_overhead = 0;
}

const char *profile_add_filters(const char *filters, const char *more, int is_first)
{
    if (is_first || filters == more || (filters != NULL && more != NULL && strcmp(filters, more) == 0))
        return more;
    return PROFILE_FILTERS_DIFFER;
}

void model_free(struct profile *profile)
{
    if (profile->source != NULL)
        profile->source->close(profile->source);
    free(profile->processes);
    free(profile->threads);
    free(profile->modules);
    free(profile->functions);
    free(profile->records);
    free(profile->edges);
    free(profile->throttled);
    free(profile->warnings);
    blocks_free(&profile->strings);
    memset(profile, 0, sizeof *profile);
}
