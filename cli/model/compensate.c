/*
 * compensate.c - see compensate.h.
 *
 * In the tree, what a recursive call makes hangs below its target: a record shares its callees with all that
 * lead to the same target. Each has of their cost what it has of the calls.
 */
#include "cli/model/compensate.h"

#include <math.h>
#include <stdlib.h>

enum { OFTEN = 1000 }; /* calls, for a record to say anything of what one costs */

/* The part of the calls that may have less than the cost. The processor does some work of the hooks beside
 * that of some functions, and estimates err: the least of all would make the cost too small for all others.
 * In Lua's workload what a tenth of the calls has is far below what the next fifth agrees on. */
#define EXCEPTIONS 0.2

/* The part of the calls that have less than what is typical. Functions that are worth leaving out are called
 * over and over from the same places, where the hooks cost less than elsewhere. */
#define TYPICAL 0.35

/* What is below a target: one for each record, filled in for targets. */
struct below {
    double calls;              /* of the records that lead to it */
    double clocked, unclocked; /* calls that these have made */
    double self, overhead;     /* ticks, of it and of all below it */
    double over, under; /* ticks, of the records that lead to it: self times above nothing, and below */
    double left;        /* ticks, of the same: self times less their overhead ... */
    int is_known;       /* ... if any of their calls read the clock */
    uint32_t outermost; /* the target nearest to the root that calls from there lead back to */
};

struct compensation {
    struct profile_record *records; /* the thread's */
    uint32_t root, count;
    struct below *below;
    struct profile_costs costs;
};

static uint32_t target_of(const struct compensation *compensation, uint32_t i)
{
    return compensation->records[i].target - compensation->root;
}

static uint32_t parent_of(const struct compensation *compensation, uint32_t i)
{
    return compensation->records[i].parent - compensation->root;
}

static void count_calls(const struct compensation *compensation)
{
    for (uint32_t i = 0; i < compensation->count; i++) {
        const struct profile_record *record = &compensation->records[i];

        compensation->below[target_of(compensation, i)].calls += (double)record->calls;
        if (i > 0) {
            struct below *parent = &compensation->below[parent_of(compensation, i)];
            parent->clocked += (double)record->clocked;
            parent->unclocked += (double)(record->calls - record->clocked);
        }
    }
}

/* The part of its target's callees that record I has called. */
static double share_of(const struct compensation *compensation, uint32_t i)
{
    double calls = compensation->below[target_of(compensation, i)].calls;

    return calls > 0 ? (double)compensation->records[i].calls / calls : 0;
}

/* What is inside each call's window. */
static const double *inside_of(const struct compensation *compensation, uint32_t i)
{
    const struct profile_record *record = &compensation->records[i];

    return record->clocked < record->calls ? &compensation->costs.sampled : &compensation->costs.inside;
}

static double overhead_of(const struct compensation *compensation, uint32_t i)
{
    const struct profile_costs *costs = &compensation->costs;
    const struct below *below = &compensation->below[target_of(compensation, i)];

    return (double)compensation->records[i].calls * *inside_of(compensation, i) +
           share_of(compensation, i) *
               (below->clocked * costs->outside + below->unclocked * (costs->unclocked - costs->sampled));
}

/* A bound that a record sets to a cost, and the calls that it speaks for. */
struct bound {
    double cost, calls;
};

static int compare_bounds(const void *left, const void *right)
{
    const struct bound *a = left, *b = right;

    return (a->cost > b->cost) - (a->cost < b->cost);
}

/* What no more than PART of the calls has less of; FALLBACK if there are no bounds. */
static double quantile(struct bound *bounds, size_t count, double part, double fallback)
{
    double calls = 0, below = 0;
    size_t i = 0;

    if (count == 0)
        return fallback;
    qsort(bounds, count, sizeof *bounds, compare_bounds);
    for (size_t j = 0; j < count; j++)
        calls += bounds[j].calls;
    while (i + 1 < count && below + bounds[i].calls < calls * part)
        below += bounds[i++].calls;
    return bounds[i].cost > 0 ? bounds[i].cost : 0;
}

/* Lowers COST until no more than a small part of the calls has less. */
static void lower(double *cost, struct bound *bounds, size_t count)
{
    double bound = quantile(bounds, count, EXCEPTIONS, *cost);

    if (*cost > bound)
        *cost = bound;
}

/* What the records that call nothing allow for the inside of theirs, where few are timed or all. */
static void lower_inside(struct compensation *compensation, double *inside, struct bound *bounds)
{
    size_t count = 0;

    for (uint32_t i = 1; i < compensation->count; i++) {
        const struct profile_record *record = &compensation->records[i];
        const struct below *below = &compensation->below[target_of(compensation, i)];

        if (record->calls >= OFTEN && record->clocked > 0 && below->clocked + below->unclocked == 0 &&
            inside_of(compensation, i) == inside)
            bounds[count++] =
                (struct bound){(double)record->self / (double)record->calls, (double)record->calls};
    }
    lower(inside, bounds, count);
}

static void sum_left(struct compensation *compensation)
{
    for (uint32_t i = 1; i < compensation->count; i++)
        compensation->below[i].left = 0;
    for (uint32_t i = 1; i < compensation->count; i++) {
        const struct profile_record *record = &compensation->records[i];
        struct below *below = &compensation->below[target_of(compensation, i)];

        if (record->clocked > 0) {
            below->left += (double)record->self - overhead_of(compensation, i);
            below->is_known = 1;
        }
    }
}

/* What those that call others allow for the cost of such calls, most of which are timed, or not: all that
 * lead to one target together, for what estimates err by goes from one of them to another. Returns how many
 * say so. */
static size_t bound_calls(struct compensation *compensation, const double *cost, struct bound *bounds)
{
    size_t count = 0;

    sum_left(compensation);
    for (uint32_t i = 1; i < compensation->count; i++) {
        const struct below *below = &compensation->below[i];
        int is_timed = below->clocked >= below->unclocked;
        double calls = is_timed ? below->clocked : below->unclocked;

        if (below->is_known && calls >= OFTEN && is_timed == (cost == &compensation->costs.outside))
            bounds[count++] = (struct bound){*cost + below->left / calls, calls};
    }
    return count;
}

static void lower_calls(struct compensation *compensation, double *cost, struct bound *bounds)
{
    lower(cost, bounds, bound_calls(compensation, cost, bounds));
}

static void raise_calls(struct compensation *compensation, double *cost, struct bound *bounds)
{
    double typical = quantile(bounds, bound_calls(compensation, cost, bounds), TYPICAL, *cost);

    if (*cost < typical)
        *cost = typical;
}

static int lower_costs(struct compensation *compensation)
{
    struct bound *bounds = reallocarray(NULL, compensation->count, sizeof *bounds);

    if (bounds == NULL)
        return -1;
    lower_inside(compensation, &compensation->costs.inside, bounds);
    lower_inside(compensation, &compensation->costs.sampled, bounds);
    lower_calls(compensation, &compensation->costs.outside, bounds);
    lower_calls(compensation, &compensation->costs.unclocked, bounds);
    free(bounds);
    return 0;
}

static double part(double some, double all)
{
    double share = all > 0 ? some / all : 0;

    return share < 1 ? share : 1;
}

static double left_of(const struct profile_record *record)
{
    return (double)record->self - (double)record->overhead;
}

/* A call that is not timed has an estimate for its time, and what that errs by comes to the timed call that
 * it was made in: in a recursion, to another of the same function. So what a record has less than nothing,
 * the others that lead to the same target have too much. */
static void settle_recursion(struct compensation *compensation)
{
    for (uint32_t i = 1; i < compensation->count; i++) {
        struct below *below = &compensation->below[target_of(compensation, i)];
        double left = left_of(&compensation->records[i]);

        *(left > 0 ? &below->over : &below->under) += fabs(left);
    }
    for (uint32_t i = 1; i < compensation->count; i++) {
        struct profile_record *record = &compensation->records[i];
        const struct below *below = &compensation->below[target_of(compensation, i)];
        double left = left_of(record);

        record->overhead += ticks_round(
            left * (left > 0 ? part(below->under, below->over) : part(below->over, below->under)));
    }
}

/* Fills in the overhead of self times, and sums up what is below each target. Children stand after their
 * parents. */
static void compensate_self(struct compensation *compensation)
{
    for (uint32_t i = 1; i < compensation->count; i++) {
        struct profile_record *record = &compensation->records[i];

        record->overhead = record->clocked > 0 ? ticks_round(overhead_of(compensation, i)) : 0;
    }
    settle_recursion(compensation);
    for (uint32_t i = compensation->count; i-- > 1;) {
        const struct profile_record *record = &compensation->records[i];
        struct below *below = &compensation->below[target_of(compensation, i)];

        below->self += (double)record->self;
        below->overhead += (double)record->overhead;
    }
    for (uint32_t i = compensation->count; i-- > 1;) {
        const struct below *below = &compensation->below[i];
        struct below *parent = &compensation->below[parent_of(compensation, i)];

        parent->self += below->self;
        parent->overhead += below->overhead;
    }
}

static void find_outermost(const struct compensation *compensation)
{
    for (uint32_t i = 0; i < compensation->count; i++)
        compensation->below[i].outermost = target_of(compensation, i);
    for (uint32_t i = compensation->count; i-- > 1;) {
        struct below *parent = &compensation->below[parent_of(compensation, i)];

        if (parent->outermost > compensation->below[i].outermost)
            parent->outermost = compensation->below[i].outermost;
    }
    for (uint32_t i = 1; i < compensation->count; i++) /* and on from there */
        compensation->below[i].outermost = compensation->below[compensation->below[i].outermost].outermost;
}

/* The part of record I's inclusive time that is overhead. What its self times below do not account for has
 * passed beyond it, where its calls lead back to, and has the share that there is of that. */
static double overhead_share(const struct compensation *compensation, uint32_t i)
{
    const struct below *below = &compensation->below[target_of(compensation, i)];
    const struct below *outermost = &compensation->below[below->outermost];
    double elsewhere = (double)compensation->records[i].inclusive - below->self;

    if (elsewhere <= 0 || outermost == below)
        return part(below->overhead, below->self);
    return part(below->overhead +
                    elsewhere * part(outermost->overhead - below->overhead, outermost->self - below->self),
                below->self + elsewhere);
}

static void compensate_inclusive(const struct compensation *compensation)
{
    find_outermost(compensation);
    for (uint32_t i = 1; i < compensation->count; i++) {
        struct profile_record *record = &compensation->records[i];

        record->inclusive_overhead = ticks_round((double)record->inclusive * overhead_share(compensation, i));
    }
}

/* An edge's nested calls have the share of overhead that its callee's inclusive times have. */
static int compensate_edges(const struct compensation *compensation, struct profile *profile,
                            const struct profile_thread *thread)
{
    double *inclusive = calloc(2 * profile->function_count + 1, sizeof *inclusive);
    double *overhead;

    if (inclusive == NULL)
        return -1;
    overhead = inclusive + profile->function_count;
    for (uint32_t i = 1; i < compensation->count; i++) {
        const struct profile_record *record = &compensation->records[i];

        inclusive[record->function] += (double)record->inclusive;
        overhead[record->function] += (double)record->inclusive_overhead;
    }
    for (uint32_t i = 0; i < thread->edge_count; i++) {
        struct profile_edge *edge = &profile->edges[thread->first_edge + i];
        double share = part(overhead[edge->callee], inclusive[edge->callee]);

        edge->nested_overhead = ticks_round((double)edge->nested_inclusive * share);
    }
    free(inclusive);
    return 0;
}

/* -1 without memory. */
static int compensation_init(struct compensation *compensation, const struct profile *profile,
                             const struct profile_thread *thread)
{
    *compensation = (struct compensation){.records = profile->records + thread->root,
                                          .root = thread->root,
                                          .count = thread->record_count,
                                          .below = calloc(thread->record_count, sizeof(struct below)),
                                          .costs = profile->processes[thread->process].costs};
    if (compensation->below == NULL)
        return -1;
    count_calls(compensation);
    return 0;
}

int profile_compensate(struct profile *profile, struct profile_thread *thread)
{
    struct compensation compensation;
    int result;

    if (compensation_init(&compensation, profile, thread) != 0)
        return -1;
    if (lower_costs(&compensation) != 0) {
        free(compensation.below);
        return -1;
    }
    compensate_self(&compensation);
    compensate_inclusive(&compensation);
    result = compensate_edges(&compensation, profile, thread);
    free(compensation.below);
    return result;
}

int profile_costs_in_situ(struct profile_costs *costs, const struct profile *profile,
                          const struct profile_thread *thread)
{
    struct compensation compensation;
    struct bound *bounds = reallocarray(NULL, thread->record_count, sizeof *bounds);
    int result = -1;

    if (bounds != NULL && compensation_init(&compensation, profile, thread) == 0) {
        raise_calls(&compensation, &compensation.costs.outside, bounds);
        raise_calls(&compensation, &compensation.costs.unclocked, bounds);
        *costs = compensation.costs;
        free(compensation.below);
        result = 0;
    }
    free(bounds);
    return result;
}
