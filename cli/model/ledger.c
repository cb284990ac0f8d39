/*
 * ledger.c - the times of a process. See ledger.h.
 */
#include "cli/model/ledger.h"

#include <math.h>
#include <stdlib.h>

#include "cli/model/inclusive.h"

/* The weight of an expectation, in samples: the inverse square of its relative error. */
#define TRUST_WINDOWS 4.0 /* errs by half */
#define TRUST_COSTS   10.0
#define TRUST_COUNTS  400.0 /* costs of things that are counted */
#define TRUST_REST    1.0   /* what is left for the record whose calls are timed */

/* The least expectation of a record's own code, in ticks for a call. */
#define LEAST_TICKS 1.0

/* An amount of time that is to be found, in ticks. */
struct item {
    double expected, ticks, variance;
};

/* The evidence for it. */
struct evidence {
    double expected; /* ticks */
    double error;    /* ticks of that, where there are no samples */
    double trust;    /* see above */
    uint64_t found;  /* samples */
};

/* The cost that callees have caused in a target's records, in ticks. */
struct callees {
    double callers; /* calls of these records */
    double hooks, measured;
};

/* A record of the thread. */
struct entry {
    struct callees callees; /* of a target */
    uint32_t region;        /* entry that stands for its region */
    int is_hot;             /* only some of its calls are timed */
    double measured;        /* ticks of the hooks in the record's self time, as measured */
    struct item own, hooks;
};

/* The sum over a region, in the entry that stands for it. */
struct region {
    double ticks;                /* on a processor */
    double blocked, all_blocked; /* ticks: as fits in, and as the kernel has told */
    double preempted;            /* ticks */
    double expected;             /* of all items but the own code of timed records */
    double hooks, own;
    double variance; /* of these */
    uint32_t timed;  /* records whose own code is the rest */
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

/* Fills in what the clock and the calibrated costs let expect of the hooks, and what they have added to the
 * self times of hot records, as measured: the window of a call that is not timed is taken to be that of one
 * that is. The callees of a recursive call hang below its target. So the records that lead to one target
 * share the cost of its callees, by their calls. */
static void expect_hooks(struct ledger *ledger)
{
    const struct profile_costs *costs = &ledger->process->costs;

    for (uint32_t i = 1; i < ledger->thread->record_count; i++) {
        const struct profile_record *record = &ledger->records[i];
        struct callees *callees = &ledger->entries[parent_of(ledger, i)].callees;
        double timed = (double)record->clocked, others = (double)(record->calls - record->clocked);

        ledger->entries[target_of(ledger, i)].callees.callers += (double)record->calls;
        callees->hooks += timed * costs->outside + others * costs->unclocked / 2;
        callees->measured += timed * costs->outside + others * (costs->unclocked - inside_of(costs, record));
    }
    for (uint32_t i = 1; i < ledger->thread->record_count; i++) {
        const struct profile_record *record = &ledger->records[i];
        const struct callees *callees = &ledger->entries[target_of(ledger, i)].callees;
        struct entry *entry = &ledger->entries[i];
        double timed = (double)record->clocked, others = (double)(record->calls - record->clocked);
        double share = callees->callers > 0 ? (double)record->calls / callees->callers : 0;

        entry->hooks.expected =
            timed * inside_of(costs, record) + others * costs->unclocked / 2 + share * callees->hooks;
        entry->measured = (double)record->calls * inside_of(costs, record) + share * callees->measured;
    }
    ledger->entries[0].hooks.expected = ledger->entries[0].callees.hooks;
}

/* Returns what the windows of hot record I say of its own code. */
static double expect_own(const struct ledger *ledger, uint32_t i)
{
    const struct profile_record *record = &ledger->records[i];
    double ticks = (double)record->self - ledger->entries[i].measured;
    double least = (double)record->calls * LEAST_TICKS;

    return ticks > least ? ticks : least;
}

/* Fills in what is expected of the entries. */
static void expect(struct ledger *ledger)
{
    expect_hooks(ledger);
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct entry *entry = &ledger->entries[i];

        entry->is_hot = i > 0 && is_hot(&ledger->records[i]);
        entry->own.expected = entry->is_hot ? expect_own(ledger, i) : 0;
    }
}

static double blocked_of(const struct ledger *ledger, uint32_t i)
{
    return ledger->tick > 0 ? (double)ledger->records[i].blocked / ledger->tick : 0;
}

static double preempted_of(const struct ledger *ledger, uint32_t i)
{
    return ledger->tick > 0 ? (double)ledger->records[i].preempted / ledger->tick : 0;
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

/* A hot record is in the region of its caller. The callees of a recursive call hang below the activation that
 * it leads back to, so both are in one region. */
static void find_regions(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++)
        ledger->entries[i].region = i;
    for (uint32_t i = 1; i < ledger->thread->record_count; i++) {
        unite(ledger, i, target_of(ledger, i));
        if (ledger->entries[i].is_hot)
            unite(ledger, i, parent_of(ledger, i));
    }
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

/* Raises sums that are negative to 0. If contexts were folded, or the process was killed within a hook, a
 * call and its caller may be in two regions: what is estimated too high in one is missing in the other. So
 * the regions with hot records share what is missing. */
static void share_deficits(struct ledger *ledger)
{
    double missing = 0, estimated = 0, part;

    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        const struct region *region = &ledger->regions[i];

        missing += fmax(-region->ticks, 0);
        estimated += region->has_hot ? fmax(region->ticks, 0) : 0;
    }
    part = missing < estimated ? 1 - missing / estimated : 0;
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct region *region = &ledger->regions[i];

        region->ticks = fmax(region->ticks, 0) * (region->has_hot ? part : 1);
    }
}

static void sum_regions(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        const struct entry *entry = &ledger->entries[i];
        struct region *region = &ledger->regions[region_of(ledger, i)];

        region->ticks += (double)(i > 0 ? ledger->records[i].self : ledger->thread->outside);
        region->all_blocked += blocked_of(ledger, i);
        region->preempted += preempted_of(ledger, i);
        region->expected += entry->hooks.expected * ledger->hooks_scale +
                            (entry->is_hot ? entry->own.expected * ledger->windows_scale : 0);
        region->timed += !entry->is_hot;
    }
    share_deficits(ledger);
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct region *region = &ledger->regions[i];

        region->blocked = fmin(region->all_blocked, region->ticks);
        region->ticks -= region->blocked;
    }
}

/* ---- solution ---- */

/* Fills in the ticks and the variance of ITEM. */
static void item_solve(struct item *item, struct evidence evidence, double period)
{
    double expected = period > 0 ? evidence.expected / period : 0, weight; /* samples */

    if (evidence.expected <= 0 && evidence.found == 0)
        return;
    if (period <= 0) {
        item->ticks = evidence.expected;
        item->variance = square(evidence.error);
        return;
    }
    if (expected < 1e-3) /* found nevertheless */
        expected = evidence.found > 0 ? 0.5 : 1e-3;
    weight = 1 / (evidence.trust / expected + 1);
    item->ticks = (evidence.trust + (double)evidence.found) * weight * period;
    item->variance = item->ticks * weight * period;
}

static struct evidence evidence_of_hooks(const struct ledger *ledger, uint32_t i)
{
    double expected = ledger->entries[i].hooks.expected;
    double trust = profile_counts(ledger->process) ? TRUST_COUNTS : TRUST_COSTS;

    return (struct evidence){.expected = expected * ledger->hooks_scale,
                             .error = expected / sqrt(trust),
                             .trust = trust,
                             .found = ledger->records[i].hook_samples};
}

/* REST is the ticks that are left for each record of the region whose calls are timed. */
static struct evidence evidence_of_own(const struct ledger *ledger, uint32_t i, double rest)
{
    const struct profile_record *record = &ledger->records[i];
    const struct entry *entry = &ledger->entries[i];
    double costs = (double)record->calls * ledger->process->costs.sampled; /* the windows' */

    return (struct evidence){.expected = entry->is_hot ? entry->own.expected * ledger->windows_scale
                                         : rest > 0    ? rest
                                                       : 0,
                             .error = sqrt(record->variance + square(costs) / TRUST_WINDOWS),
                             .trust = entry->is_hot ? TRUST_WINDOWS : TRUST_REST,
                             .found = record->samples};
}

static void solve_items(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct entry *entry = &ledger->entries[i];
        struct region *region = &ledger->regions[region_of(ledger, i)];
        double rest = region->timed > 0 ? (region->ticks - region->expected) / region->timed : 0;

        item_solve(&entry->hooks, evidence_of_hooks(ledger, i), ledger->period);
        item_solve(&entry->own, evidence_of_own(ledger, i, rest), ledger->period);
        region->hooks += entry->hooks.ticks;
        region->own += entry->own.ticks;
        region->variance += entry->hooks.variance + (entry->is_hot ? entry->own.variance : 0);
    }
}

/* Scales the items of each region to its time. Time in which the thread waited for a processor is shared out
 * among all items: a program that is alone on the machine has none. If the samples leave out the kernel, what
 * they do not explain is the program's time in the kernel. */
static void fit_items(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread->record_count; i++) {
        struct entry *entry = &ledger->entries[i];
        const struct region *region = &ledger->regions[region_of(ledger, i)];
        double all = region->hooks + region->own, hooks = all > 0 ? region->ticks / all : 0, own = hooks;
        double ran = region->ticks - region->preempted;

        if (!ledger->process->samples_kernel && ledger->period > 0 && all < ran && region->own > 0) {
            hooks = region->ticks / ran;
            own = (ran - region->hooks) / region->own * hooks;
        }
        entry->hooks.ticks *= hooks;
        entry->hooks.variance *= hooks * hooks;
        entry->own.ticks *= own;
        entry->own.variance *= own * own;
        if (!entry->is_hot && (!region->has_hot || ledger->period <= 0)) /* it is the rest */
            entry->own.variance = region->variance * hooks * hooks;
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
        if (entry->is_hot) {
            totals->windows += entry->own.expected;
            totals->windows_found += (double)record->samples;
        }
    }
}

/* Returns by how much EXPECTED ticks must be multiplied, FOUND samples having been found. */
static double scale(double expected, double found, double trust, double period)
{
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

static void solve_thread(struct ledger *ledger)
{
    find_regions(ledger);
    split_timed_regions(ledger);
    sum_regions(ledger);
    solve_items(ledger);
    fit_items(ledger);
    write_down(ledger);
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
    ledger->hooks_scale = scale(totals.hooks, totals.hooks_found, TRUST_COSTS, period);
    ledger->windows_scale = scale(totals.windows, totals.windows_found, TRUST_WINDOWS, period);
    return 0;
}

int ledger_costs(struct profile_costs *costs, const struct profile *profile, uint32_t process)
{
    struct ledger ledger = {.profile = profile, .process = &profile->processes[process]};
    double expected = 0, solved = 0, part;

    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        int result = thread->process == process ? begin(&ledger, thread) : 0;

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
    struct inclusive sums;
    int result = inclusive_begin(&sums, profile, thread);

    if (result == 0 && (result = begin(ledger, thread)) == 0) {
        solve_thread(ledger);
        result = inclusive_finish(&sums);
    }
    end(ledger);
    inclusive_end(&sums);
    return result;
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
