/*
 * inclusive.c - times with callees, as sums over trees. See inclusive.h.
 */
#include "cli/model/inclusive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/model/nested.h"

/* The sums of a thread. */
struct inclusive {
    struct profile *profile;
    const struct profile_thread *thread;
    struct profile_record *records; /* the thread's */
    struct below *below;            /* by record */
    struct place *places;
    double *measured;     /* by function: inclusive ticks as measured */
    unsigned char *calls; /* by function: it calls others */
};

/* A record together with all below it. */
struct below {
    double self, overhead; /* ticks */
    int is_target;         /* a recursive call leads back to it */
    int is_nested;         /* it is below a record of its function, which it does not lead back to */
    uint32_t zone;         /* its target nearest to the root, or that of its ancestors; 0: none */
    uint32_t reach;        /* the target nearest to the root to which calls from here lead */
    double scale;          /* ticks of a zone as the ledger has them, for each as measured; else 0 */
};

/* A record that may have time elsewhere: below a target that calls from below it lead back to. If contexts
 * were folded, that may be anywhere in the thread. */
struct place {
    uint32_t function, zone, record;
};

static double part(double some, double all)
{
    return all > 0 && some > 0 ? (some < all ? some / all : 1) : 0;
}

/* Fills in BELOW. Children stand behind their parents. */
static void sum_below(const struct inclusive *sums)
{
    const struct profile_record *records = sums->records;
    struct below *below = sums->below;

    for (uint32_t i = 0; i < sums->thread->record_count; i++)
        below[i].reach = records[i].target - sums->thread->root;
    for (uint32_t i = sums->thread->record_count; i-- > 1;) {
        struct below *parent = &below[records[i].parent - sums->thread->root];

        if (records[i].parent != sums->thread->root)
            sums->calls[records[records[i].parent - sums->thread->root].function] = 1;
        parent->reach = below[i].reach < parent->reach ? below[i].reach : parent->reach;
        below[i].self += (double)records[i].self;
        below[i].overhead += (double)records[i].overhead;
        parent->self += below[i].self;
        parent->overhead += below[i].overhead;
        below[records[i].target - sums->thread->root].is_target |=
            records[i].target - sums->thread->root != i;
    }
    for (uint32_t i = 1; i < sums->thread->record_count; i++) {
        uint32_t zone = below[records[i].parent - sums->thread->root].zone;

        below[i].zone = zone != 0 ? zone : below[i].is_target ? i : 0;
        if (below[i].zone == i && records[i].inclusive > 0)
            below[i].scale = below[i].self / (double)records[i].inclusive;
    }
}

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;

    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return (a->zone > b->zone) - (a->zone < b->zone);
}

/* Finds the records below a record of their function. There are some if contexts were folded, or if several
 * functions are taken for one. Returns 0, or -1 without memory. */
static int find_nested(const struct inclusive *sums)
{
    uint32_t count = sums->thread->record_count;
    uint32_t *kinds = reallocarray(NULL, count, sizeof *kinds);
    uint32_t *above = reallocarray(NULL, count, sizeof *above);
    int result = -1;

    if (kinds != NULL && above != NULL) {
        for (uint32_t i = 0; i < count; i++)
            kinds[i] = sums->records[i].function;
        result =
            nested_find(sums->records, sums->thread, kinds, (uint32_t)sums->profile->function_count, above);
        for (uint32_t i = 0; i < count && result == 0; i++)
            sums->below[i].is_nested = above[i] != PROFILE_NONE;
    }
    free(kinds);
    free(above);
    return result;
}

/* Gives record I the inclusive time of its subtree; none if another record has it. */
static void include_below(const struct inclusive *sums, uint32_t i)
{
    const struct below *below = &sums->below[i];

    sums->records[i].inclusive = below->is_nested ? 0 : ticks_round(below->self);
    sums->records[i].inclusive_overhead = below->is_nested ? 0 : ticks_round(below->overhead);
}

/* Returns 1 if the COUNT records at PLACES, all those of one function in one zone, may have time elsewhere:
 * if one of them leads to callees of a recursive call or of a folded record. Another one is called while that
 * is active, perhaps. */
static int have_time_elsewhere(const struct inclusive *sums, const struct place *places, size_t count)
{
    if (sums->thread->folded > 0)
        return sums->calls[places->function];
    for (size_t i = 0; i < count; i++)
        if (sums->below[places[i].record].reach < places[i].record)
            return 1;
    return 0;
}

/* Fills in the inclusive times of the COUNT records at PLACES, all those of one function in one zone. They
 * never have outermost calls at once. Measured time beyond the times below them is a part of the rest of
 * the zone. The ledger leaves time out that was measured, such as waiting for a processor. The zone as a
 * whole tells how much that was. Each record has the share of the sum that was measured of it. */
static void include_places(const struct inclusive *sums, const struct place *places, size_t count)
{
    struct below rest = sums->below[places->zone];
    double measured = 0, positive = 0, beyond, self = 0, overhead = 0, so_far = 0;
    int64_t given = 0, given_overhead = 0;

    for (size_t i = 0; i < count; i++) {
        const struct below *below = &sums->below[places[i].record];

        measured += (double)sums->records[places[i].record].inclusive;
        positive += fmax((double)sums->records[places[i].record].inclusive, 0);
        if (below->is_nested)
            continue;
        rest.self -= below->self;
        rest.overhead -= below->overhead;
        self += below->self;
        overhead += below->overhead;
    }
    measured *= rest.scale > 0 ? rest.scale : 1;
    beyond = part(measured - self, rest.self);
    self += beyond * fmax(rest.self, 0);
    overhead += beyond * fmax(rest.overhead, 0);
    for (size_t i = 0; i < count; i++) { /* rounded so that the sum is right */
        struct profile_record *record = &sums->records[places[i].record];

        so_far += positive > 0 ? part((double)record->inclusive, positive) : 1.0 / (double)count;
        record->inclusive_overhead = ticks_subtract(ticks_round(so_far * overhead), given_overhead);
        record->inclusive = ticks_add(ticks_subtract(ticks_round(so_far * (self - overhead)), given),
                                      record->inclusive_overhead);
        given_overhead = ticks_add(given_overhead, record->inclusive_overhead);
        given = ticks_add(given, profile_inclusive(record));
    }
}

/* Fills in the inclusive times of records that have no time elsewhere. Fills PLACES with the others, and
 * returns their number. */
static size_t include_simple(const struct inclusive *sums)
{
    int is_folded = sums->thread->folded > 0;
    size_t count = 0;

    for (uint32_t i = 1; i < sums->thread->record_count; i++) {
        struct profile_record *record = &sums->records[i];
        const struct below *below = &sums->below[i];

        if (record->target - sums->thread->root != i)
            record->inclusive = record->inclusive_overhead = 0;
        else if (is_folded || (below->zone != 0 && !below->is_nested))
            sums->places[count++] = (struct place){record->function, is_folded ? 0 : below->zone, i};
        else
            include_below(sums, i);
    }
    return count;
}

static void include(const struct inclusive *sums)
{
    size_t count = include_simple(sums), first = 0;

    qsort(sums->places, count, sizeof *sums->places, compare_places);
    for (size_t i = 1; i <= count; i++)
        if (i == count || compare_places(&sums->places[i], &sums->places[first]) != 0) {
            if (have_time_elsewhere(sums, &sums->places[first], i - first))
                include_places(sums, &sums->places[first], i - first);
            else
                for (; first < i; first++)
                    include_below(sums, sums->places[first].record);
            first = i;
        }
}

static void sum_measured(const struct inclusive *sums)
{
    for (uint32_t i = 1; i < sums->thread->record_count; i++)
        sums->measured[sums->records[i].function] += fmax((double)sums->records[i].inclusive, 0);
}

/* The nested calls of an edge have the share of their function's time that was measured. */
static int sum_edges(const struct inclusive *sums)
{
    struct profile *profile = sums->profile;
    struct below *solved = calloc(profile->function_count + 1, sizeof *solved);

    if (solved == NULL)
        return -1;
    for (uint32_t i = 1; i < sums->thread->record_count; i++) {
        const struct profile_record *record = &sums->records[i];

        solved[record->function].self += (double)record->inclusive;
        solved[record->function].overhead += (double)record->inclusive_overhead;
    }
    for (uint32_t i = 0; i < sums->thread->edge_count; i++) {
        struct profile_edge *edge = &profile->edges[sums->thread->first_edge + i];
        double share = part((double)edge->nested_inclusive, sums->measured[edge->callee]);

        edge->nested_inclusive = ticks_round(share * solved[edge->callee].self);
        edge->nested_overhead = ticks_round(share * solved[edge->callee].overhead);
    }
    free(solved);
    return 0;
}

static int begin(struct inclusive *sums, struct profile *profile, const struct profile_thread *thread)
{
    *sums = (struct inclusive){.profile = profile,
                               .thread = thread,
                               .records = profile->records + thread->root,
                               .below = calloc(thread->record_count, sizeof *sums->below),
                               .places = reallocarray(NULL, thread->record_count, sizeof *sums->places),
                               .measured = calloc(profile->function_count + 1, sizeof *sums->measured),
                               .calls = calloc(profile->function_count + 1, sizeof *sums->calls)};
    return sums->below != NULL && sums->places != NULL && sums->measured != NULL && sums->calls != NULL ? 0
                                                                                                        : -1;
}

static void end(const struct inclusive *sums)
{
    free(sums->below);
    free(sums->places);
    free(sums->measured);
    free(sums->calls);
}

int inclusive_sum(struct profile *profile, const struct profile_thread *thread)
{
    struct inclusive sums;
    int result = begin(&sums, profile, thread);

    if (result == 0) {
        sum_measured(&sums);
        sum_below(&sums);
        result = thread->folded > 0 ? find_nested(&sums) : 0;
    }
    if (result == 0) {
        include(&sums);
        result = sum_edges(&sums);
    }
    end(&sums);
    return result;
}

/* Returns a copy of THREAD's records, whose functions have become their units; or NULL without memory. */
static struct profile_record *unite(const struct profile *profile, const struct profile_thread *thread,
                                    const uint32_t *units)
{
    struct profile_record *records = reallocarray(NULL, thread->record_count, sizeof *records);

    if (records == NULL)
        return NULL;
    memcpy(records, profile->records + thread->root, thread->record_count * sizeof *records);
    for (uint32_t i = 1; i < thread->record_count; i++)
        records[i].function = units[records[i].function];
    return records;
}

/* Fills TICKS. A record without recursion or folding adds what it had, unless it is nested. */
static void take_united(const struct profile *profile, const struct inclusive *sums, double *ticks)
{
    const struct profile_record *records = profile->records + sums->thread->root;

    for (uint32_t i = 1; i < sums->thread->record_count; i++) {
        const struct below *below = &sums->below[i];
        int is_changed = below->zone != 0 || below->is_nested || sums->thread->folded > 0;

        ticks[i] = (double)profile_inclusive(is_changed ? &sums->records[i] : &records[i]);
    }
}

double *inclusive_united(const struct profile *profile, const struct profile_thread *thread,
                         const uint32_t *units)
{
    struct profile unchanged = *profile;
    struct profile_record *records = unite(profile, thread, units);
    double *ticks = calloc(thread->record_count, sizeof *ticks);
    struct inclusive sums;
    int result = begin(&sums, &unchanged, thread);

    if (records == NULL || ticks == NULL)
        result = -1;
    sums.records = records;
    if (result == 0) {
        sum_below(&sums);
        result = find_nested(&sums);
    }
    if (result == 0) {
        include(&sums);
        take_united(profile, &sums, ticks);
    }
    end(&sums);
    free(records);
    if (result == 0)
        return ticks;
    free(ticks);
    return NULL;
}

double inclusive_uncertainty(double some, double all)
{
    return 1 - part(some, all);
}

/* Fills VARIANCES with the sums over subtrees of SUMS, and returns the ticks of all of them, with the hooks.
 */
static double vary_below(const struct inclusive *sums, double *variances)
{
    double all = 0;

    for (uint32_t i = sums->thread->record_count; i-- > 1;) {
        variances[i] += sums->records[i].variance;
        variances[sums->records[i].parent - sums->thread->root] += variances[i];
        all += (double)sums->records[i].self;
    }
    return all;
}

/* Returns the variance of the inclusive time of record I, VARIANCES being those of the subtrees. Its part of
 * the time elsewhere was counted in samples, like that time as a whole: so it has that part of the variance.
 */
static double vary(const struct inclusive *sums, const double *variances, uint32_t i, double all)
{
    const struct below *own = &sums->below[i], *zone = &sums->below[own->zone];
    double ticks = own->self - own->overhead;
    double elsewhere = fmax((double)profile_inclusive(&sums->records[i]) - ticks, 0);

    if (i == 0 || (own->zone == 0 && sums->thread->folded == 0))
        elsewhere = 0;
    return (variances[i] + variances[own->zone] * part(elsewhere, zone->self - zone->overhead)) *
           inclusive_uncertainty(ticks + elsewhere, all);
}

double *inclusive_variances(const struct profile *profile, const struct profile_thread *thread)
{
    struct profile unchanged = *profile;
    uint32_t count = thread->record_count;
    double *variances = calloc(2 * (size_t)count, sizeof *variances);
    struct inclusive sums;
    double all;

    if (begin(&sums, &unchanged, thread) != 0 || variances == NULL) {
        end(&sums);
        free(variances);
        return NULL;
    }
    sum_below(&sums);
    all = vary_below(&sums, variances);
    for (uint32_t i = count; i-- > 0;) { /* the records that a zone is above stand behind it */
        const struct profile_record *record = &sums.records[i];

        variances[i] = vary(&sums, variances, i, all);
        variances[count + i] = record->variance * inclusive_uncertainty((double)profile_self(record), all);
    }
    end(&sums);
    return variances;
}
