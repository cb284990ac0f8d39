/*
 * merge.h - adds up profiles into one profile: the trees too, not only the sums.
 *
 * The result has one process and one thread, whose tree holds each calling context once, in whatever thread,
 * process or file it occurred. So it grows with what is new in a profile alone, and a thousand runs of one
 * program take the memory of one. Times are kept in sixty-fourths of a nanosecond, whatever the clocks were
 * (and what timers count, in sixty-fourths of that).
 *
 *     struct merge merge = {0};
 *     profile_merge(&merge, &one, &message); profile_merge(&merge, &two, &message);
 *     save_profile(path, &merge.profile, message);
 *     merge_free(&merge);
 *
 * The sum has the pid, command, exit and thread name that all its parts have, or none; its wall times are
 * the sums of theirs.
 */
#ifndef CLI_MODEL_MERGE_H
#define CLI_MODEL_MERGE_H

#include "cli/base/hash.h"
#include "cli/base/message.h"
#include "cli/model/merge_functions.h"
#include "cli/model/model.h"

enum { MERGE_TICKS_PER_NS = 64 };

/* A zeroed struct is an empty sum. */
struct merge {
    struct profile profile; /* the sum so far */
    struct merge_functions functions;
    struct hash records; /* by parent, function and target */
    struct hash edges;   /* by caller and callee */
    const char *measure; /* profile_measure() of all that was added */
    uint32_t first_new;  /* records from here on came with the last thread; only those are in the index whose
                          * parents did not */
};

/* Adds FROM, which may be freed afterwards. -1 with a message without memory, or if it measures something
 * else than what has been added: MERGE can then only be freed. */
int profile_merge(struct merge *merge, const struct profile *from, struct message *message);

/* Frees the sum; a zeroed struct is fine. */
void merge_free(struct merge *merge);

#endif
