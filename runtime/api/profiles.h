/*
 * profiles.h - what api.c asks of the files behind it: profile.h has its descriptions. SP is the stack
 * pointer of the caller, as of its hooks.
 */
#ifndef RUNTIME_API_PROFILES_H
#define RUNTIME_API_PROFILES_H

#include <stdint.h>
#include <stdio.h>

#include "runtime/core/compiler.h"
#include "runtime/life/profile_state.h"

/* profiles.c */

/* What went wrong: an error number, and a line for the user. */
struct failure {
    int error;
    const char *text;
};

struct profile *profiles_new(uint64_t (*timer)(void), double unit);
/* NULL if all went well. */
const struct failure *profiles_free(struct profile *profile);
const struct failure *profiles_enable(struct profile *profile, uint64_t sp);
const struct failure *profiles_disable(struct profile *profile, uint64_t sp);
const struct failure *profiles_clear(struct profile *profile);
/* image_thread.profile of its threads; with signals blocked, or 0 without an image. */
uint32_t profiles_number(struct profile *profile);
extern HIDDEN const struct failure failure_no_profile, failure_no_image;

/* region.c */
const struct failure *region_begin(const char *name, uint64_t sp);
const struct failure *region_end(uint64_t sp);

/* dump.c: PROFILE, or all that the process has recorded if that is NULL. */
const struct failure *dump_to(struct profile *profile, const char *path);
const struct failure *dump_print(struct profile *profile, FILE *stream, const char *sort);

#endif
