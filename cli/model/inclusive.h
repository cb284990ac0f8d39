/*
 * inclusive.h - the times of calls with their callees, as sums of self times over a thread's tree.
 *
 * The inclusive time of a record is the sum over its subtree. The callees of a recursive call hang below the
 * activation that it leads back to. So a record between the two also has a part of the time below that
 * activation: as much as was measured of it, by the clock or by samples (runtime/timers/sampler.c).
 */
#ifndef CLI_MODEL_INCLUSIVE_H
#define CLI_MODEL_INCLUSIVE_H

#include "cli/model/model.h"

/* Fills in the inclusive times of the records and edges of THREAD from its self times. Where the tree does
 * not tell them, those that are there, as measured, do. Returns 0, or -1 without memory. */
int inclusive_sum(struct profile *profile, const struct profile_thread *thread);

/* Returns the ticks, without the hooks, that each record of THREAD adds to the inclusive time of its unit; to
 * be freed. A unit is made of the functions that a table shows as one: UNITS gives the first of them for each
 * function. So a record adds nothing below another record of its unit, whose time includes its own. Returns
 * NULL without memory. */
double *inclusive_united(const struct profile *profile, const struct profile_thread *thread,
                         const uint32_t *units);

/* Returns the variances of the inclusive times of THREAD's records, in ticks squared, and behind them those
 * of the self times; to be freed. The first one is the root's: that of the thread's time. Returns NULL
 * without memory.
 *
 * Samples that say less for one record say more for another: a share Q of N samples has the variance N Q (1 -
 * Q). So a sum of variances counts for what does not belong to the sum. */
double *inclusive_variances(const struct profile *profile, const struct profile_thread *thread);

/* Returns the factor of such variances for SOME ticks of ALL: 1 - Q. */
double inclusive_uncertainty(double some, double all);

#endif
