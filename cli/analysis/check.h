/*
 * check.h - whether the times of a profile agree with each other.
 */
#ifndef CLI_ANALYSIS_CHECK_H
#define CLI_ANALYSIS_CHECK_H

#include "cli/base/message.h"
#include "cli/base/strings.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

/*
 * Adds to FAULTS a line for each time that contradicts another one, CHECK_MOST at most. TABLE is finished and
 * has edges; PROFILE is what it was made from, merged to one thread. Returns 0, or -1 and fills MESSAGE.
 *
 *     no time is negative
 *     the total is the sum of tottime
 *     tottime <= cumtime <= total
 *     the callers' parts of a function's tottime add up to no more than that
 *     no part of a cumtime is longer than it, or than the caller's cumtime
 *     without recursion and folded contexts, a context's time is the sum over the contexts below it
 */
int check_times(struct strings *faults, const struct table *table, const struct profile *profile,
                struct message *message);

enum { CHECK_MOST = 100 };

#endif
