/*
 * profiles.h - the functions behind api.c. profile.h describes them.
 *
 * SP is the stack pointer of the caller, like that of an event. Functions that return a failure return NULL
 * on success.
 */
#ifndef RUNTIME_API_PROFILES_H
#define RUNTIME_API_PROFILES_H

#include <stdint.h>
#include <stdio.h>

#include "runtime/core/compiler.h"
#include "runtime/life/profile_state.h"

struct failure {
    int error;        /* for errno */
    const char *text; /* for profile_error() */
};

/* profiles.c */
struct profile *profiles_new(uint64_t (*timer)(void), double unit);
const struct failure *profiles_free(struct profile *profile);
const struct failure *profiles_enable(struct profile *profile, uint64_t sp);
const struct failure *profiles_disable(struct profile *profile, uint64_t sp);
const struct failure *profiles_clear(struct profile *profile);

/* Returns the number that PROFILE's states have in image_thread.profile, or 0 without an image. Signals must
 * be blocked. */
uint32_t profiles_number(struct profile *profile);

extern HIDDEN const struct failure failure_no_profile, failure_no_image;

/* region.c */
const struct failure *region_begin(const char *name, uint64_t sp);
const struct failure *region_end(uint64_t sp);

/* dump.c. PROFILE is NULL for all that the process has recorded. */
const struct failure *dump_to(struct profile *profile, const char *path);
const struct failure *dump_print(struct profile *profile, FILE *stream, const char *sort);

#endif
