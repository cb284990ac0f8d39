/*
 * ledger.c - the times of a process. See ledger.h.
 */
#include "cli/model/ledger.h"

#include <math.h>
#include <stdlib.h>

#include "cli/model/inclusive.h"
#include "cli/model/threads.h"

/* The relative errors of expectations. */
#define ERROR_WINDOWS 0.5  /* of calls in which no other begins */
#define ERROR_COSTS   0.3  /* of what a call costs */
#define ERROR_SCALES  0.7  /* of all costs, or all windows, of a process */
#define ERROR_COUNTS  0.05 /* of costs of things that are counted */
#define ERROR_SAMPLE  0.25 /* of the time for which a sample stops the program */
#define ERROR_SPEED   0.01 /* of all time on a processor: no two runs of a program are equally fast */

/* The least expectation of a hot record's own code, in ticks for a call, and that of the own code of timed
 * records above it, as a part of what they share. */
#define LEAST_TICKS 1.0
#define LEAST_REST  0.01

/* An amount of time that is to be found, in ticks. */
struct item {
    double expected, ticks, variance;
};

/* The evidence for it. */
struct evidence {
    double expected; /* ticks, without samples */
    double error;    /* the standard error of that */
    uint64_t found;  /* samples */
};

/* A record of the thread. */
struct entry {
    double callers;  /* of a target: calls of the records that lead to it */
    double callees;  /* of a target: ticks of the hooks in these, for their callees */
    double all;      /* of a hot record: ticks of a timed call, without the hooks */
    double hot;      /* ticks of such records below this one */
    uint32_t region; /* entry that stands for its region */
    int is_hot;      /* only some of its calls are timed */
    int has_callees; /* records are below it */
    struct item own, hooks;
};

/* The sum over a region, in the entry that stands for it. */
struct region {
    double ticks;                /* on a processor */
    double blocked, all_blocked; /* ticks: as fits in, and as the kernel has told */
    double hooks, hot, own; /* ticks of the items: the hooks, own code of hot records, and all own code */
    double variance;        /* of all but own code of timed records */
    double timed;           /* ticks, as measured, of records whose calls are all timed */
    int has_hot;
};

struct ledger {
    const struct profile *profile;
    const struct profile_process *process;
    double tick;   /* nanoseconds, or units */
    double period; /* ticks between two samples of the thread; 0: there are none */
    double hooks_scale, windows_scale;
    const struct profile_thread *thread;
    struct profile_record *records; /* the thread's */
    struct entry *entries;
    struct region *regions;
};

static uint32_t parent_of(const struct ledger *ledger, uint32_t i)
{
    return ledger->records[i].parent - ledger->thread->root;
}

static uint32_t target_of(const struct ledger *ledger, uint32_t i)
{
    return ledger->records[i].target - ledger->thread->root;
}

/* ---- expectations ---- */

static double square(double number)
{
    return number * number;
}

static int is_hot(const struct profile_record *record)
{
    return record->clocked < record->calls;
}

/* Returns the cost between the two readings of a timed call of RECORD. */
static double inside_of(const struct profile_costs *costs, const struct profile_record *record)
{
    return is_hot(record) ? costs->sampled : costs->inside;
}

/* Fills in what the calibrated costs let expect of the hooks. The callees of a recursive call hang below its
 * target. So the records that lead to one target share the cost of its callees, by their calls. */
static void expect_hooks(struct ledger *ledger)
{
    const struct profile_costs *costs = &ledger->process->costs;

    for (uint32_t i = 1; i < ledger->thread->record_count; i++) {
        const struct profile_record *record = &ledger->records[i];
        double timed = (double)record->clocked, others = (double)(record->calls - record->clocked);

        ledger->entries[target_of(ledger, i)].callers += (double)record->calls;
        ledger->entries[parent_of(ledger, i)].callees +=
            timed * costs->outside + others * costs->unclocked / 2;
    }
    for (uint32_t i = 1; i < ledger->thread->record_count; i++) {
        const struct profile_record *record = &ledger->records[i];
        const struct entry *target = &ledger->entries[target_of(ledger, i)];
        double timed = (double)record->clocked, others = (double)(record->calls - record->clocked);
        double share = target->callers > 0 ? (double)record->calls / target->callers : 0;

        ledger->entries[i].hooks.expected =
            timed * inside_of(costs, record) + others * costs->unclocked / 2 + share * target->callees;
    }
    ledger->entries[0].hooks.expected = ledger->entries[0].callees;
}

/* Finds the hot records, and what their timed calls take with all that is not timed in them. */
static void find_hot(struct ledger *ledger)
{
    const struct profile_costs *costs = &ledger->process->costs;

    for (uint32_t i = 1; i < ledger->thread->record_count; i++) {
        const struct profile_record *record = &ledger->records[i];
        struct entry *entry = &ledger->entries[i];

        entry->is_hot = is_hot(record);
        ledger->entries[parent_of(ledger, i)].has_callees = 1;
        if (!entry->is_hot || record->clocked == 0)
            continue;
        entry->all = fmax((double)record->self / (double)record->clocked - costs->sampled, LEAST_TICKS);
        ledger->entries[parent_of(ledger, i)].hot += (double)record->calls * (entry->all + costs->unclocked);
    }
}

/* Returns 1 if calls of record I may contain others of it. Then its timed calls contain such that are not. */
static int is_recursive(const struct ledger *ledger, uint32_t i)
{
    return target_of(ledger, i) != i || ledger->entries[i].callers > (double)ledger->records[i].calls;
}

/* Returns what the timed calls of hot record I say of its own code. Where no record is below it, their own
 * time is known. Else the time of calls in which no other began tells, or what hot records below leave. */
static double expect_own(const struct ledger *ledger, uint32_t i)
{
    const struct profile_record *record = &ledger->records[i];
    const struct entry *entry = &ledger->entries[i];
    double inside = ledger->process->costs.sampled;
    double timed = (double)record->clocked, others = (double)record->calls - timed;
    double own = entry->all - entry->hot / (double)record->calls;

    if (record->leaf_calls > 0)
        own = (double)record->leaf_ticks / (double)record->leaf_calls - inside;
    own = fmax(own, LEAST_TICKS);
    if (entry->has_callees || is_recursive(ledger, i))
        return (timed + others) * own;
    return fmax((double)record->self - timed * inside, timed * LEAST_TICKS) + others * own;
}

/* Fills in what is expected of the entries. */
static void expect(struct ledger *ledger)
{
    expect_hooks(ledger);
    find_hot(ledger);
    for (uint32_t i = 1; i < ledger->thread->record_count; i++)
        if (ledger->entries[i].is_hot)
            ledger->entries[i].own.expected = expect_own(ledger, i);
}

/* Returns NANOSECONDS without a processor in ticks of the timer: none if that stands still meanwhile. */
static double away(const struct ledger *ledger, uint64_t nanoseconds)
{
    return ledger->tick > 0 && ledger->process->timer < PROFILE_TIMER_CPU ? (double)nanoseconds / ledger->tick
                                                                          : 0;
}

static double blocked_of(const struct ledger *ledger, uint32_t i)
{
    return away(ledger, ledger->records[i].blocked);
}

/* Other programs have taken this time, so it is left out, unless waiting is what was asked for. */
static double preempted_of(const struct ledger *ledger, uint32_t i)
{
    return ledger->process->waits ? 0 : away(ledger, ledger->records[i].preempted);
}

/* ---- regions ---- */

/* Returns the entry that stands for the region of I, by the usual path compression (Tarjan 1975). */
static uint32_t region_of(const struct ledger *ledger, uint32_t i)
{
    struct entry *entries = ledger->entries;

    while (entries[i].region != i) {
        entries[i].region = entries[entries[i].region].region;
        i = entries[i].region;
    }
    return i;
}

static void unite(struct ledger *ledger, uint32_t one, uint32_t other)
{
    one = region_of(ledger, one);
    other = region_of(ledger, other);
    ledger->entries[one > other ? one : other].region = one < other ? one : other;
}

/* The caller of a folded record may be any record of the caller's function: unites them. */
static int unite_callers(struct ledger *ledger)
{
    uint32_t *first = calloc(ledger->profile->function_count + 1, sizeof *first);

    if (first == NULL)
        return -1;
    for (uint32_t i = 1; i < ledger->thread->record_count; i++)
        if (ledger->entries[i].is_hot && parent_of(ledger, i) != 0)
            first[ledger->records[parent_of(ledger, i)].function] = parent_of(ledger, i);
    for (uint32_t i = 1; i < ledger->thread->record_count; i++)
        if (first[ledger->records[i].function] != 0)
            unite(ledger, i, first[ledger->records[i].function]);
    free(first);
    return 0;
}

/* A hot record is in the region of its caller. The callees of a recursive call hang below the activation that
 * it leads back to, so both are in one region. */
static int find_regions(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++)
        ledger->entries[i].region = i;
    for (uint32_t i = 1; i < ledger->thread->record_count; i++) {
        unite(ledger, i, target_of(ledger, i));
        if (ledger->entries[i].is_hot)
            unite(ledger, i, parent_of(ledger, i));
    }
    return ledger->thread->folded > 0 ? unite_callers(ledger) : 0;
}

/* A region without hot records needs none: the time of each of its records is known. */
static void split_timed_regions(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++)
        ledger->regions[region_of(ledger, i)].has_hot |= ledger->entries[i].is_hot;
    for (uint32_t i = ledger->thread->record_count; i-- > 0;)
        if (!ledger->regions[region_of(ledger, i)].has_hot)
            ledger->entries[i].region = i;
}

/* Returns the ticks of record I as measured. The rest of the thread's time is the root's. */
static double measured(const struct ledger *ledger, uint32_t i)
{
    return fmax((double)(i > 0 ? ledger->records[i].self : ledger->thread->outside), 0);
}

/* Returns the ticks for which samples have stopped record I, if that is known. */
static double stopped(const struct ledger *ledger, uint32_t i)
{
    const struct profile_record *record = &ledger->records[i];
    double samples = (double)record->samples + (double)record->hook_samples;

    return ledger->tick > 0 ? samples * ledger->process->sample_cost / ledger->tick : 0;
}

static void sum_regions(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        const struct entry *entry = &ledger->entries[i];
        struct region *region = &ledger->regions[region_of(ledger, i)];

        region->ticks += measured(ledger, i) - preempted_of(ledger, i) - stopped(ledger, i);
        region->all_blocked += blocked_of(ledger, i);
        region->timed += entry->is_hot ? 0 : measured(ledger, i);
    }
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct region *region = &ledger->regions[i];

        region->ticks = fmax(region->ticks, 0);
        region->blocked = fmin(region->all_blocked, region->ticks);
        region->ticks -= region->blocked;
    }
}

/* ---- solution ---- */

/* Returns the weight of an expectation in samples, the inverse square of its relative error, if about as many
 * were FOUND as are expected. If the two are more than twice as far apart as their errors let them be, the
 * expectation is wrong, and weighs next to nothing. */
static double trust_in(double expected, double error, double found)
{
    double distance = square(found - expected) / (square(error) + expected + 1);

    return square(expected / error) / (1 + square(distance / 4));
}

/* Fills in the ticks and the variance of ITEM. */
static void item_solve(struct item *item, struct evidence evidence, double period)
{
    double found = (double)evidence.found, expected, error, trust, weight; /* samples */

    if (period <= 0) {
        item->ticks = evidence.expected;
        item->variance = square(evidence.error);
        return;
    }
    error = fmax(evidence.error / period, 1e-3);
    expected = fmax(evidence.expected / period, 1e-6);
    trust = trust_in(expected, error, found);
    weight = 1 / (trust / expected + 1);
    item->ticks = (trust + found) * weight * period;
    item->variance = item->ticks * weight * period;
    if (isinf(error)) /* half a sample more or less, also where none was found */
        item->variance += square(period) / 2;
}

/* Returns the relative error of the calibrated costs. */
static double error_of_costs(const struct ledger *ledger)
{
    return profile_counts(ledger->process) ? ERROR_COUNTS : ERROR_COSTS;
}

static struct evidence evidence_of_hooks(const struct ledger *ledger, uint32_t i)
{
    double expected = ledger->entries[i].hooks.expected * ledger->hooks_scale;

    return (struct evidence){.expected = expected,
                             .error = expected * error_of_costs(ledger),
                             .found = ledger->records[i].hook_samples};
}

/* The part of a window that is the hooks' has been taken from it: where little was left, the error is as
 * large as that. Calls in which others begin tell little, so samples replace them. */
static struct evidence evidence_of_hot(const struct ledger *ledger, uint32_t i)
{
    const struct profile_record *record = &ledger->records[i];
    double expected = ledger->entries[i].own.expected * ledger->windows_scale;
    double taken = (double)record->calls * ledger->process->costs.sampled * ledger->windows_scale;
    double error = ERROR_WINDOWS * hypot(expected, taken);

    if (record->leaf_calls == 0)
        error = ledger->period > 0 ? INFINITY : expected;
    return (struct evidence){.expected = expected, .error = error, .found = record->samples};
}

/* A record whose calls are all timed is expected to have its part of what is left of its region. */
static struct evidence evidence_of_timed(const struct ledger *ledger, uint32_t i)
{
    const struct profile_record *record = &ledger->records[i];
    const struct region *region = &ledger->regions[region_of(ledger, i)];
    double part = region->timed > 0 ? measured(ledger, i) / region->timed : 0;
    double least = region->has_hot ? LEAST_REST * region->ticks : 0;
    double rest = fmax(region->ticks - region->hooks - region->hot, least);

    return (struct evidence){
        .expected = rest * part, .error = sqrt(region->variance) * part, .found = record->samples};
}

static void solve_items(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct entry *entry = &ledger->entries[i];
        struct region *region = &ledger->regions[region_of(ledger, i)];

        item_solve(&entry->hooks, evidence_of_hooks(ledger, i), ledger->period);
        if (entry->is_hot)
            item_solve(&entry->own, evidence_of_hot(ledger, i), ledger->period);
        region->hooks += entry->hooks.ticks;
        region->hot += entry->own.ticks;
        region->variance += entry->hooks.variance + entry->own.variance;
    }
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct entry *entry = &ledger->entries[i];

        if (!entry->is_hot)
            item_solve(&entry->own, evidence_of_timed(ledger, i), ledger->period);
        ledger->regions[region_of(ledger, i)].own += entry->own.ticks;
    }
}

/* Scales the items of each region to its time. If the samples leave out the kernel, what they do not explain
 * is the program's time in the kernel. */
static void fit_items(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct entry *entry = &ledger->entries[i];
        const struct region *region = &ledger->regions[region_of(ledger, i)];
        double all = region->hooks + region->own, hooks = all > 0 ? region->ticks / all : 0, own = hooks;

        if (!ledger->process->samples_kernel && ledger->period > 0 && all < region->ticks &&
            region->own > 0) {
            hooks = 1;
            own = (region->ticks - region->hooks) / region->own;
        }
        entry->hooks.ticks *= hooks;
        entry->hooks.variance *= hooks * hooks;
        entry->own.ticks *= own;
        entry->own.variance *= own * own;
        if (!entry->is_hot && (!region->has_hot || ledger->period <= 0)) /* it is the rest */
            entry->own.variance = region->variance * hooks * hooks;
        if (!profile_counts(ledger->process))
            entry->own.variance +=
                square(ERROR_SPEED * entry->own.ticks) + square(ERROR_SAMPLE * stopped(ledger, i));
    }
}

/* Writes the solution to the records. */
static void write_down(struct ledger *ledger)
{
    for (uint32_t i = 1; i < ledger->thread->record_count; i++) {
        struct profile_record *record = &ledger->records[i];
        const struct entry *entry = &ledger->entries[i];
        const struct region *region = &ledger->regions[region_of(ledger, i)];
        double blocked =
            region->all_blocked > 0 ? blocked_of(ledger, i) * region->blocked / region->all_blocked : 0;

        record->overhead = ticks_round(entry->hooks.ticks);
        record->self = ticks_add(ticks_round(entry->own.ticks + blocked), record->overhead);
        record->variance = entry->own.variance;
    }
}

/* ---- scales ---- */

struct totals {
    double hooks, windows;             /* ticks, expected */
    double hooks_found, windows_found; /* samples */
};

static void add_totals(const struct ledger *ledger, struct totals *totals)
{
    for (uint32_t i = 0; i < ledger->thread->record_count && ledger->period > 0; i++) {
        const struct profile_record *record = &ledger->records[i];
        const struct entry *entry = &ledger->entries[i];

        totals->hooks += entry->hooks.expected;
        totals->hooks_found += (double)record->hook_samples;
        if (record->leaf_calls > 0) {
            totals->windows += entry->own.expected;
            totals->windows_found += (double)record->samples;
        }
    }
}

/* Returns by how much EXPECTED ticks must be multiplied, FOUND samples having been found. */
static double scale(double expected, double found, double period)
{
    double trust = 1 / square(ERROR_SCALES);

    return period > 0 ? (trust + found) / (trust + expected / period) : 1;
}

/* ---- threads ---- */

static int begin(struct ledger *ledger, const struct profile_thread *thread)
{
    ledger->thread = thread;
    ledger->records = ledger->profile->records + thread->root;
    ledger->tick = profile_tick(ledger->process);
    ledger->period = ledger->tick > 0 && !thread->is_unsampled ? ledger->process->period / ledger->tick : 0;
    ledger->entries = calloc(thread->record_count, sizeof *ledger->entries);
    ledger->regions = calloc(thread->record_count, sizeof *ledger->regions);
    if (ledger->entries == NULL || ledger->regions == NULL)
        return -1;
    expect(ledger);
    return 0;
}

static void end(struct ledger *ledger)
{
    free(ledger->entries);
    free(ledger->regions);
    ledger->entries = NULL;
    ledger->regions = NULL;
}

static int solve_thread(struct ledger *ledger)
{
    if (find_regions(ledger) != 0)
        return -1;
    split_timed_regions(ledger);
    sum_regions(ledger);
    solve_items(ledger);
    fit_items(ledger);
    write_down(ledger);
    return 0;
}

/* Prepares the ledger of PROCESS: finds the scales. */
static int prepare(struct ledger *ledger, const struct profile *profile, uint32_t process)
{
    double period = 0; /* that of threads that are sampled */
    struct totals totals = {0};

    *ledger = (struct ledger){.profile = profile, .process = &profile->processes[process]};
    for (size_t i = 0; i < profile->thread_count; i++)
        if (profile->threads[i].process == process) {
            if (begin(ledger, &profile->threads[i]) != 0) {
                end(ledger);
                return -1;
            }
            add_totals(ledger, &totals);
            period = fmax(period, ledger->period);
            end(ledger);
        }
    ledger->hooks_scale = scale(totals.hooks, totals.hooks_found, period);
    ledger->windows_scale = scale(totals.windows, totals.windows_found, period);
    return 0;
}

int ledger_costs(struct profile_costs *costs, const struct profile *profile, uint32_t process)
{
    struct ledger ledger = {.profile = profile, .process = &profile->processes[process]};
    double expected = 0, solved = 0, part;

    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        int result = 0;

        if (thread->process == process)
            result = profile_load_thread(profile, thread) == 0 ? begin(&ledger, thread) : -1;

        for (uint32_t j = 1; thread->process == process && result == 0 && j < thread->record_count; j++) {
            expected += ledger.entries[j].hooks.expected;
            solved += (double)ledger.records[j].overhead;
        }
        end(&ledger);
        if (result != 0)
            return -1;
    }
    part = expected > 0 && solved > 0 ? solved / expected : 0;
    *costs = ledger.process->costs;
    costs->inside *= part;
    costs->sampled *= part;
    costs->outside *= part;
    costs->unclocked *= part;
    return 0;
}

static int solve(struct ledger *ledger, struct profile *profile, const struct profile_thread *thread)
{
    int result = begin(ledger, thread);

    if (result == 0)
        result = solve_thread(ledger);
    end(ledger);
    return result == 0 ? inclusive_sum(profile, thread) : -1;
}

int ledger_solve(struct profile *profile, uint32_t process)
{
    struct ledger ledger;
    int result = prepare(&ledger, profile, process);

    for (size_t i = 0; i < profile->thread_count && result == 0; i++)
        if (profile->threads[i].process == process)
            result = solve(&ledger, profile, &profile->threads[i]);
    return result;
}
