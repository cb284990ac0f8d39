/*
 * pager.h - writes a command's output to standard output, on a terminal through a pager.
 *
 * The pager is $PAGER, or less if PAGER is not set. There is none if PAGER is empty or "cat", or on a dumb
 * terminal, where less would wait for RETURN before the output. LESS is set to FRX unless it is set: less
 * then ends by itself if the output fits the screen. If a pager cannot start, the output is printed without
 * it. If the reader of a pipe has gone away, the process ends by SIGPIPE, as a filter does. Only the main
 * files use this.
 */
#ifndef CLI_UI_PAGER_H
#define CLI_UI_PAGER_H

#include <stddef.h>

#include "cli/base/message.h"

/* Writes TEXT to standard output. If that is a terminal and USE_PAGER is not 0, writes to a pager instead and
 * waits for its end. Returns 0, or -1 and fills MESSAGE. */
int pager_print(const char *text, size_t length, int use_pager, struct message *message);

#endif
