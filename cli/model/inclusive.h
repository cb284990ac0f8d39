/*
 * inclusive.h - the times of calls with their callees, as sums of self times over a thread's tree.
 *
 * The inclusive time of a record is the sum over its subtree. The callees of a recursive call hang below the
 * activation that it leads back to. So a record between the two also has a part of the time below that
 * activation: as much as the clock has measured of it.
 */
#ifndef CLI_MODEL_INCLUSIVE_H
#define CLI_MODEL_INCLUSIVE_H

#include "cli/model/model.h"

/* The sums of a thread while its self times change. */
struct inclusive {
    struct profile *profile;
    const struct profile_thread *thread;
    struct profile_record *records; /* the thread's */
    struct below *below;            /* by record */
    struct place *places;
    double *measured; /* by function: inclusive ticks before the change */
};

/* Takes note of the times of THREAD as they were measured. Returns 0, or -1 without memory. */
int inclusive_begin(struct inclusive *sums, struct profile *profile, const struct profile_thread *thread);

/* Fills in the inclusive times of the thread's records and edges from their self times, which may have
 * changed since inclusive_begin(). Returns 0, or -1 without memory. */
int inclusive_finish(const struct inclusive *sums);

/* Frees what SUMS holds, also after a failure. */
void inclusive_end(struct inclusive *sums);

/* Returns the variances of the inclusive times of THREAD's records, in ticks squared, and behind them those
 * of the self times; to be freed. The first one is the root's: that of the thread's time. Returns NULL
 * without memory.
 *
 * Samples that say less for one record say more for another: a share Q of N samples has the variance N Q (1 -
 * Q). So a sum of variances counts for what does not belong to the sum. */
double *inclusive_variances(const struct profile *profile, const struct profile_thread *thread);

/* Does all three: fills in the inclusive times of THREAD from its self times. Returns 0, or -1 without
 * memory. */
int inclusive_sum(struct profile *profile, const struct profile_thread *thread);

#endif
