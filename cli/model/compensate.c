/*
 * compensate.c - how much of a thread's times is the cost of the hooks. See compensate.h.
 *
 * The callees of a recursive call hang below its target. So a record shares its callees with all records that
 * lead to one target. Each gets the share of their cost that it has of the calls.
 */
#include "cli/model/compensate.h"

#include <math.h>
#include <stdlib.h>

enum { OFTEN = 1000 }; /* calls; a record with fewer tells nothing about the cost of one */

/* The part of the calls whose time may be below the cost. The processor does some work of the hooks beside
 * that of some functions, and estimates err: the least of all bounds would make the cost too small for all
 * other calls. In Lua's workload a tenth of the calls has far less than the next fifth, which agrees on one
 * value. */
#define EXCEPTIONS 0.2

/* The part of the calls that have less than the typical cost. Functions that are worth leaving out are called
 * often from few places, where the hooks cost less than elsewhere. */
#define TYPICAL 0.35

/* A target with the records that lead to it, "its records". There is one for each record; only targets' are
 * used. */
struct below {
    double calls;              /* of its records */
    double clocked, unclocked; /* calls that its records have made */
    double self, overhead;     /* ticks, of its records and all below the target */
    double over, under; /* ticks, of its records: self times less overhead, the positive and the negative */
    double left;        /* ticks, of its records: self times less overhead */
    int is_known;       /* LEFT is known: some of the calls read the clock */
    uint32_t outermost; /* the target nearest to the root that calls from below lead back to */
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

/* Returns the share that record I has of the calls of its target's records. */
static double share_of(const struct compensation *compensation, uint32_t i)
{
    double calls = compensation->below[target_of(compensation, i)].calls;

    return calls > 0 ? (double)compensation->records[i].calls / calls : 0;
}

/* Returns the cost between the two readings of a call of record I. */
static const double *inside_of(const struct compensation *compensation, uint32_t i)
{
    const struct profile_record *record = &compensation->records[i];

    return record->clocked < record->calls ? &compensation->costs.sampled : &compensation->costs.inside;
}

/* Returns the ticks of overhead in the self time of record I. */
static double overhead_of(const struct compensation *compensation, uint32_t i)
{
    const struct profile_costs *costs = &compensation->costs;
    const struct below *below = &compensation->below[target_of(compensation, i)];

    return (double)compensation->records[i].calls * *inside_of(compensation, i) +
           share_of(compensation, i) *
               (below->clocked * costs->outside + below->unclocked * (costs->unclocked - costs->sampled));
}

/* An upper bound that a record sets to a cost, and the calls that it counts for. */
struct bound {
    double cost, calls;
};

static int compare_bounds(const void *left, const void *right)
{
    const struct bound *a = left, *b = right;

    return (a->cost > b->cost) - (a->cost < b->cost);
}

/* Returns the quantile PART of the bounds, weighted by their calls, but not less than 0; FALLBACK if there
 * are none. */
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

/* Lowers COST to the quantile EXCEPTIONS of the bounds. */
static void lower(double *cost, struct bound *bounds, size_t count)
{
    double bound = quantile(bounds, count, EXCEPTIONS, *cost);

    if (*cost > bound)
        *cost = bound;
}

/* Lowers INSIDE, which is costs.inside or costs.sampled, to what the records allow that call nothing. */
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

/* Fills in LEFT of all targets. */
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

/* Fills BOUNDS with what the targets allow for COST, which is costs.outside or costs.unclocked. Returns their
 * number. A target counts for one of the two, by whether most of the calls that its records make are timed.
 * All records of a target count together, for the errors of estimates go from one of them to another. */
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

/* Returns the share that SOME is of ALL, at most 1; 0 if ALL is not positive. */
static double part(double some, double all)
{
    double share = all > 0 ? some / all : 0;

    return share < 1 ? share : 1;
}

static double left_of(const struct profile_record *record)
{
    return (double)record->self - (double)record->overhead;
}

/* Moves negative self times within a recursion. A call that is not timed has an estimate for its time. The
 * error of that goes to the timed call around it: in a recursion, to another call of the function. So if a
 * record has less than nothing, the other records of its target have as much too much. */
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

/* Fills in the overhead of self times, and sums up the times below each target. Children stand after their
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

/* Fills in OUTERMOST of all targets. */
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

/* Returns the share of overhead in the inclusive time of record I. Self times below the record may account
 * for a part of that only. The rest has passed where its calls lead back to, and has the share of overhead of
 * that. */
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

/* Fills in the overheads of the edges. Nested calls of an edge have the share of overhead that the inclusive
 * times of its callee have. */
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

/* Fills COMPENSATION from THREAD. Returns 0, or -1 without memory. */
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
