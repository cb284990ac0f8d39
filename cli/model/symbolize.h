/*
 * symbolize.h - names the functions of a profile that was loaded from images.
 */
#ifndef CLI_MODEL_SYMBOLIZE_H
#define CLI_MODEL_SYMBOLIZE_H

#include "cli/base/message.h"
#include "cli/model/model.h"

/* Looks up the functions of every module that has not been symbolized. What stands in the way of a module
 * becomes a warning of the profile, and its functions stay unnamed. -1 with a message when there is no
 * memory. */
int profile_symbolize(struct profile *profile, struct message *message);

#endif
