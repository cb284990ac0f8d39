/*
 * compensate.h - what of a thread's times is the hooks' own cost, from the calling-context tree.
 */
#ifndef CLI_MODEL_COMPENSATE_H
#define CLI_MODEL_COMPENSATE_H

#include "cli/model/model.h"

/*
 * Fills in the overheads of the records and edges of THREAD, from its process's costs. 0, or -1 without
 * memory.
 *
 * Let i be what is inside a timed call's own window and o the rest of its cost, which is its caller's; u the
 * whole cost of a call that is not timed, which is its caller's too, while its own time is taken to be that
 * of a timed one, with i. Then of the self time of a record with n calls, whose callees were called c times
 * with the clock and d times without,
 *
 *     overhead = n i + c o + d (u - i)
 *
 * which is the formula of Malony and Shende, "Overhead Compensation in Performance Profiling" (Euro-Par
 * 2004), with sampling. Inclusive times have the share of overhead that the self times have of which they are
 * made.
 *
 * No function takes less than no time: where the costs as calibrated say otherwise of a record that was
 * called often, they are too high, and are lowered to what it allows (the idea of US patent 6349406).
 */
int profile_compensate(struct profile *profile, struct profile_thread *thread);

/*
 * What THREAD's calls seem to cost where they were made: its process's costs, of which those that are the
 * caller's are raised to what 35 of 100 calls have. The hooks are calibrated in a loop of them, and cost
 * more among a program's own code, which they contend with for caches and predictions. What a typical caller
 * does itself between two calls is in it, so it is too much for compensation; but whoever makes a call
 * without hooks saves some of that too. -1 without memory.
 */
int profile_costs_in_situ(struct profile_costs *costs, const struct profile *profile,
                          const struct profile_thread *thread);

#endif
