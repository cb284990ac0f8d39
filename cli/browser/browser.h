/*
 * browser.h - a session with profiles: the commands and messages of `python -m pstats`, and some more.
 *
 * Reads commands from standard input until its end or `quit`, and prints to standard output. What goes wrong
 * with a file or a command is said there, and the session goes on. For the main file alone.
 */
#ifndef CLI_BROWSER_BROWSER_H
#define CLI_BROWSER_BROWSER_H

#include <stddef.h>

#include "cli/base/message.h"

/* Begins with the first of the COUNT files, and adds the others. -1 with a message if standard output cannot
 * be written to, or there is no memory to begin. */
int browser_run(char *const *paths, size_t count, struct message *message);

#endif
