/*
 * calibrate.h - the cost of recording a call on this machine: `profile --calibrate`.
 */
#ifndef CLI_RECORD_CALIBRATE_H
#define CLI_RECORD_CALIBRATE_H

#include <stdio.h>

#include "cli/base/message.h"
#include "cli/record/spool.h"

/*
 * Loads the runtime LIBRARY into this process, and lets it record one call in SPOOL. Prints the costs that it
 * measured to STREAM. OPTIONS are those of PROFILE_OPTIONS, or NULL. A process can do this once. Returns 0,
 * or -1 and fills MESSAGE.
 */
int costs_print(FILE *stream, const char *library, struct spool *spool, const char *options,
                struct message *message);

#endif
