/*
 * pager.h - gives a command's finished output to the user: through a pager on a terminal, as git does.
 *
 * The pager is $PAGER, else less; none if $PAGER is empty or "cat". less gets LESS=FRX unless LESS is set: it
 * ends by itself if the output fits the screen. A pager that cannot start is done without. For the main files
 * alone: where the reader of a pipe has gone away, the process dies by SIGPIPE, quietly, as any filter does.
 */
#ifndef CLI_UI_PAGER_H
#define CLI_UI_PAGER_H

#include <stddef.h>

#include "cli/base/message.h"

/* Writes TEXT to standard output, or to a pager if that is a terminal and USE_PAGER is not 0; then waits for
 * the pager to end. Returns 0, or -1 if not all could be written. */
int pager_print(const char *text, size_t length, int use_pager, struct message *message);

#endif
