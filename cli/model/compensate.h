/*
 * compensate.h - how much of a thread's times is the cost of the hooks, from the calling-context tree.
 */
#ifndef CLI_MODEL_COMPENSATE_H
#define CLI_MODEL_COMPENSATE_H

#include "cli/model/model.h"

/*
 * Fills in the overheads of the records and edges of THREAD, from the costs of its process. Returns 0, or -1
 * without memory.
 *
 * A timed call costs i between its two readings of the clock, and o outside of them. A call that is not timed
 * costs u; its own time is taken to be that of a timed call, with i in it. The callee's time has i; the
 * caller's has o or u. Let a record have n calls, whose callees were called c times with the clock and d
 * times without. Then its self time has this overhead:
 *
 *     n i + c o + d (u - i)
 *
 * This is the formula of Malony and Shende, "Overhead Compensation in Performance Profiling" (Euro-Par 2004),
 * with sampling added. An inclusive time has the share of overhead that the self times in it have.
 *
 * No function takes less than no time. If the calibrated costs imply a negative time for a record that was
 * called often, they are too high. They are lowered to the most that the record allows (the idea of US patent
 * 6349406).
 */
int profile_compensate(struct profile *profile, struct profile_thread *thread);

/*
 * Estimates in COSTS what THREAD's calls cost in the program: the costs of its process, with those in the
 * caller's time raised to what 35 of 100 calls have. Returns 0, or -1 without memory.
 *
 * The hooks are calibrated in a loop. Among a program's own code they cost more, for they contend with it for
 * caches and predictions. The estimate has in it what a typical caller does itself between two calls. So it
 * is too high for compensation. But a call without hooks saves some of that too.
 */
int profile_costs_in_situ(struct profile_costs *costs, const struct profile *profile,
                          const struct profile_thread *thread);

#endif
