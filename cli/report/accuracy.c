/*
 * accuracy.c - prints how far to trust the times of a table. See accuracy.h.
 */
#include "cli/report/accuracy.h"

#include <inttypes.h>
#include <math.h>

#include "cli/base/kernel.h"
#include "cli/report/figures.h"

#define POOR_ERROR  0.1   /* of the total */
#define MOST_HOOKS  0.5   /* of the run */
#define LEAST_HOOKS 0.005 /* that are worth a word */

enum {
    PERF_LEVEL_SAMPLES = 2, /* the highest kernel.perf_event_paranoid that lets users sample */
    FEW_SAMPLES = 400,      /* of a run that is short: a tenth of a second, by default */
    MANY_CONTEXTS = 16384,  /* a megabyte of records, which fills the caches of a core */
};

/* Returns two standard errors of the total, as a part of it. */
static double error_of(const struct table *table)
{
    return table->tottime > 0 ? 2 * sqrt(table->variance) / table->tottime : 0;
}

double accuracy_hooks(const struct table *table)
{
    return table->is_compensated && table->measured > table->tottime ? 1 - table->tottime / table->measured
                                                                     : 0;
}

/* Returns 1 if timers took samples, at ticks, because the kernel refuses its own. */
static int is_of_timer(const struct table *table)
{
    return (table->samplers & 1U << PROFILE_SAMPLER_TIMER) != 0;
}

static void print_samples(FILE *stream, const struct table *table)
{
    char samples[REPORT_TIME_MAX];

    if (table->samples == 0) {
        fputs("no samples (the kernel refuses them)", stream);
        return;
    }
    report_grouped(samples, (double)table->samples);
    fprintf(stream, "%s sample%s%s", samples, table->samples > 1 ? "s" : "",
            is_of_timer(table) ? " of a timer" : "");
    if (table->unsampled > 0)
        fprintf(stream, " (%" PRIu64 " thread%s without)", table->unsampled, table->unsampled > 1 ? "s" : "");
}

/* Prints what would make the times better, or nothing if they are good. */
static void print_advice(FILE *stream, const struct table *table)
{
    int is_refused = table->samples == 0 || is_of_timer(table), level = kernel_perf_level();

    if (is_refused && level > PERF_LEVEL_SAMPLES)
        fprintf(stream, "   For better times: sysctl kernel.perf_event_paranoid=%d as root (it is %d here)\n",
                PERF_LEVEL_SAMPLES, level);
    else if (is_refused)
        fputs("   For better times: run it where perf_event_open(2) is not forbidden\n", stream);
    else if (error_of(table) <= POOR_ERROR)
        return;
    else if (table->samples >= FEW_SAMPLES && accuracy_hooks(table) > MOST_HOOKS)
        fputs("   For better times: fewer hooks (profile cc, --suggest-exclude) or a longer run\n", stream);
    else
        fputs("   For better times: a longer run, or the sum of several (stats FILE...)\n", stream);
}

/* Returns 1 if samples were to be taken. */
static int is_sampled(const struct table *table)
{
    return table->samples > 0 || table->unsampled > 0;
}

void accuracy_print_basis(FILE *stream, const struct table *table)
{
    if (!is_sampled(table))
        return;
    print_samples(stream, table);
    if (table->tottime > 0 && table->variance > 0)
        fprintf(stream, ", total within %.0f %%", ceil(100 * error_of(table)));
    if (accuracy_hooks(table) >= LEAST_HOOKS)
        fprintf(stream, "; hooks took %.0f %% of the run, taken out", 100 * accuracy_hooks(table));
}

/* Prints that the number of contexts makes the hooks slow, if that is likely. */
static void print_contexts(FILE *stream, const struct table *table)
{
    char contexts[REPORT_TIME_MAX];

    if (table->contexts < MANY_CONTEXTS || accuracy_hooks(table) <= MOST_HOOKS)
        return;
    report_grouped(contexts, (double)table->contexts);
    fprintf(stream,
            "   Contexts: %s, which makes the hooks slow; fewer by profile cc, --depth, --max-contexts\n",
            contexts);
}

void accuracy_print(FILE *stream, const struct table *table)
{
    if (is_sampled(table)) {
        fputs("   Time: ", stream);
        accuracy_print_basis(stream, table);
        fputc('\n', stream);
        print_advice(stream, table);
    }
    print_contexts(stream, table);
}
