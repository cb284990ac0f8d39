/*
 * nested.h - which records lie below another record of their kind.
 *
 * Time that passes there is in the other record's inclusive time already, and must not be counted twice.
 */
#ifndef CLI_MODEL_NESTED_H
#define CLI_MODEL_NESTED_H

#include "cli/model/model.h"

/* Fills ABOVE, for each of THREAD's RECORDS, with its nearest ancestor of its kind, or with PROFILE_NONE.
 * Records are named by their places in the thread. KINDS gives the kind of each: a number below COUNT, or
 * PROFILE_NONE for one that is like no other. Returns 0, or -1 without memory. */
int nested_find(const struct profile_record *records, const struct profile_thread *thread,
                const uint32_t *kinds, uint32_t count, uint32_t *above);

#endif
