/*
 * complete.h - what may stand where the user is typing: commands, and by command sort keys,
 * functions, files and units.
 */
#ifndef CLI_BROWSER_COMPLETE_H
#define CLI_BROWSER_COMPLETE_H

#include <stddef.h>

/* A line_completer (line_reader.h), whose owner is a struct browser_session. */
size_t browser_complete(void *session, const char *line, void (*add)(void *target, const char *word),
                        void *target);

#endif
