/*
 * merge.h - adds up profiles into one profile: the trees too, not only the sums.
 *
 * The sum has one process and one thread. Its tree holds each calling context once, whatever thread, process
 * or file it occurred in. So a thousand runs of one program take the memory of one. A tick of the sum is a
 * sixty-fourth of a nanosecond, or of the unit that the timers count.
 *
 *     struct merge merge = {0};
 *     profile_merge(&merge, &one, &message); profile_merge(&merge, &two, &message);
 *     save_profile(path, &merge.profile, message);
 *     merge_free(&merge);
 *
 * The sum has the pid, command, exit and thread name that all its parts agree on, or none. Its wall time is
 * the sum of those of the profiles, and that of its thread is the sum over all threads.
 */
#ifndef CLI_MODEL_MERGE_H
#define CLI_MODEL_MERGE_H

#include "cli/base/hash.h"
#include "cli/base/message.h"
#include "cli/model/merge_functions.h"
#include "cli/model/model.h"
#include "cli/model/runs.h"

enum { MERGE_TICKS_PER_NS = 64 };

/* A zeroed struct is an empty sum. */
struct merge {
    struct profile profile; /* the sum so far */
    struct merge_functions functions;
    struct hash records; /* by parent, function and target */
    struct hash edges;   /* by caller and callee */
    const char *measure; /* profile_measure() of all parts */
    struct runs runs;    /* of all parts */
    uint32_t first_new;  /* records from here on came with the last thread; the index lacks those of them
                          * whose parents did too */
};

/* Adds FROM, which may be freed afterwards. Returns 0, or -1 and fills MESSAGE: FROM measures something else
 * than the sum, or there is not enough memory. MERGE can then only be freed. */
int profile_merge(struct merge *merge, const struct profile *from, struct message *message);

/* Frees the sum; a zeroed struct is fine. */
void merge_free(struct merge *merge);

#endif
