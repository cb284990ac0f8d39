/*
 * commands.h - the table of the browser's commands: it feeds the parser, the help and the completion.
 */
#ifndef CLI_BROWSER_COMMANDS_H
#define CLI_BROWSER_COMMANDS_H

#include "cli/browser/session.h"

/* What the argument of a command is, for its completion. */
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
    int (*run)(struct browser_session *session, const char *argument); /* not 0: the session ends */
    const char *help;                                                  /* lines */
    enum browser_argument argument;
    int in_pstats; /* pstats has it, so it is in the list that help prints */
};

/* In the order in which help lists them; one without a name ends them. */
extern const struct browser_command BROWSER_COMMANDS[];

#endif
