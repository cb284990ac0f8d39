/*
 * ledger.h - the times of a process: one self time for each record, of which all other times are sums.
 */
#ifndef CLI_MODEL_LEDGER_H
#define CLI_MODEL_LEDGER_H

#include "cli/model/model.h"

/*
 * Solves the times of the threads of PROCESS: fills in the overheads, inclusive times and variances of their
 * records, and the inclusive times of their edges. Returns 0, or -1 without memory.
 *
 * Three sources tell how long a record's own code ran, without the hooks:
 *
 *     the clock     The calls of most records are all timed. Their self times, as measured, are exact, but
 *                   have the hooks' cost in them.
 *     samples       The kernel says how often it found each record's own code, and how often the hooks that
 *                   the record called (runtime/timers/sampler.h). N samples have an error of sqrt(N).
 *     windows       Of short calls that are made often, some are timed. Their mean tells little about what a
 *                   call takes in the program, where the processor does several things at once; but it tells
 *                   how a time divides among records that have few samples each.
 *
 * A record of which only some calls are timed is called hot. The time of its other calls is in the self time
 * of the timed call around them. So it makes one region with its caller, up to a record whose calls are all
 * timed, and the sum over a region is exact. The ledger divides it among
 *
 *     the time that each record's calls were blocked, which the kernel has told,
 *     the cost of the hooks for each record, and
 *     the own code of each record.
 *
 * The last two have an expectation E with a standard error S, in samples. That of hooks comes from the calls
 * and the calibrated costs, and that of hot records from the windows. Both are scaled so that their sums over
 * the process are near what the samples say. The other records are expected to have what these leave of the
 * region, each its part, with the errors of these. The expectation of an item counts as much as
 * A = (E / S)^2 samples. With N samples found, the item's time is that of
 *
 *     N' = (A + N) / (A / E + 1)        with the variance  N' / (A / E + 1)
 *
 * samples: the mean of the posterior distribution if N is a Poisson number whose mean has the Gamma
 * distribution of mean E and shape A (Gelman et al., "Bayesian Data Analysis", 3rd edition, section 2.6).
 * It is E without samples, near N with many, and never negative. If N contradicts E, A is less. In the end
 * the items of a region are scaled so that their sum is the region's.
 *
 * Inclusive times are sums over these (inclusive.h).
 */
int ledger_solve(struct profile *profile, uint32_t process);

/* Estimates in COSTS what calls cost in the program: the calibrated costs of PROCESS, scaled so that all
 * calls together cost what the ledger says. Returns 0, or -1 without memory. */
int ledger_costs(struct profile_costs *costs, const struct profile *profile, uint32_t process);

#endif
