/*
 * diagnose.h - finds out why nothing was recorded of a program that ran.
 */
#ifndef CLI_RECORD_DIAGNOSE_H
#define CLI_RECORD_DIAGNOSE_H

#include "cli/base/message.h"
#include "cli/record/launch.h"
#include "cli/record/preflight.h"
#include "cli/record/spool.h"

/* Fills MESSAGE with why there are no calls of the program in SPOOL, which LAUNCH has run. Takes away the
 * warnings of PROFILE about what it tells itself. PROGRAM is zeroed if it is not known, as after another
 * command was killed. Returns -1. */
int diagnose(const struct preflight *program, const struct launch *launch, const struct spool *spool,
             struct profile *profile, struct message *message);

#endif
