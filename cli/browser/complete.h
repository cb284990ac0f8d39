/*
 * complete.h - completes the words that the user types in the browser: commands and their arguments.
 */
#ifndef CLI_BROWSER_COMPLETE_H
#define CLI_BROWSER_COMPLETE_H

#include <stddef.h>

/* Completes the last word of LINE: a line_completer (cli/ui/line_reader.h) whose owner is a struct
 * browser_session. */
size_t browser_complete(void *session, const char *line, void (*add)(void *target, const char *word),
                        void *target);

#endif
