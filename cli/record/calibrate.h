/*
 * calibrate.h - what recording costs a call on this machine: `profile --calibrate`.
 */
#ifndef CLI_RECORD_CALIBRATE_H
#define CLI_RECORD_CALIBRATE_H

#include <stdio.h>

#include "cli/base/message.h"
#include "cli/record/spool.h"

/*
 * Loads the runtime LIBRARY into this process, has it record one call in SPOOL, with OPTIONS (as in
 * PROFILE_OPTIONS, or NULL), and prints to STREAM what it has found that calls cost. Once in a process. -1
 * with a message.
 */
int costs_print(FILE *stream, const char *library, struct spool *spool, const char *options,
                struct message *message);

#endif
