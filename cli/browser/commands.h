/*
 * commands.h - the table of the browser's commands, for the parser, the help and the completion.
 */
#ifndef CLI_BROWSER_COMMANDS_H
#define CLI_BROWSER_COMMANDS_H

#include "cli/browser/session.h"

/* The kind of a command's argument, for completion. */
enum browser_argument {
    BROWSER_NOTHING,
    BROWSER_FILE,
    BROWSER_FUNCTION,
    BROWSER_COMMAND,
    BROWSER_SORT_KEY,
    BROWSER_TREE, /* a direction, then functions */
    BROWSER_UNIT
};

struct browser_command {
    const char *name;
    int (*run)(struct browser_session *session, const char *argument); /* returns 1 to end the session */
    const char *help;                                                  /* lines */
    enum browser_argument argument;
    int in_pstats; /* a command of pstats: help lists it */
};

/* In the order in which help lists them. The last entry has no name. */
extern const struct browser_command BROWSER_COMMANDS[];

#endif
