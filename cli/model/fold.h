/*
 * fold.h - leaves out of a profile's trees what took little.
 */
#ifndef CLI_MODEL_FOLD_H
#define CLI_MODEL_FOLD_H

#include "cli/base/message.h"
#include "cli/model/model.h"

/*
 * Folds each context that took less than NS nanoseconds (or what the timer counts), with all that it called,
 * into its caller: its calls vanish, its time is the caller's, and sums stay what they were. What a thread's
 * start calls stays, having no caller, and so does what calls back to a function that stays. Where a function
 * is left out in one context and calls itself in another, the cumulative times of the edges between them may
 * have some of both. -1 with a message without memory.
 */
int profile_fold(struct profile *profile, double ns, struct message *message);

#endif
