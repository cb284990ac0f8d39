/*
 * fold.h - leaves contexts that took little time out of the trees of a profile.
 */
#ifndef CLI_MODEL_FOLD_H
#define CLI_MODEL_FOLD_H

#include "cli/base/message.h"
#include "cli/model/model.h"

/*
 * Folds each context that took less than NS nanoseconds, or units, into its caller, with all contexts below
 * it. The calls of the context vanish, its time becomes the caller's, and sums stay as they were.
 *
 * A context that a thread's start calls stays, for it has no caller. So does one that calls back to a
 * function that stays. A function may be left out in one context and call itself in another. The cumulative
 * times of the edges between them may then have some of both.
 *
 * Returns 0, or -1 and fills MESSAGE.
 */
int profile_fold(struct profile *profile, double ns, struct message *message);

#endif
