/*
 * browser.h - the interactive browser: the commands and messages of `python -m pstats`, and some more.
 *
 * It reads commands from standard input until the end or `quit`, and prints to standard output. An error of a
 * command is printed there too, and the session goes on. A session does not start without the files that the
 * user has named, although that of pstats does: a script must not go on without its data.
 */
#ifndef CLI_BROWSER_BROWSER_H
#define CLI_BROWSER_BROWSER_H

#include <stddef.h>

#include "cli/base/message.h"

/* Reads the first of the COUNT files, adds the others, and runs commands until the end. Returns 0, or -1 and
 * fills MESSAGE if a file cannot be read, if standard output cannot be written to, or without memory to
 * begin. */
int browser_run(char *const *paths, size_t count, struct message *message);

#endif
