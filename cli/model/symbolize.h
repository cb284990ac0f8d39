/*
 * symbolize.h - names the functions of a profile that was loaded from images.
 */
#ifndef CLI_MODEL_SYMBOLIZE_H
#define CLI_MODEL_SYMBOLIZE_H

#include "cli/base/message.h"
#include "cli/model/model.h"

/* Names the functions of each module that has not been symbolized yet. A module that cannot be read becomes a
 * warning of the profile, and its functions stay without names. Returns 0, or -1 and fills MESSAGE without
 * memory. */
int profile_symbolize(struct profile *profile, struct message *message);

#endif
