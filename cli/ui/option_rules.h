/*
 * option_rules.h - finds options on a command line that do not go together.
 */
#ifndef CLI_UI_OPTION_RULES_H
#define CLI_UI_OPTION_RULES_H

#include "cli/base/message.h"
#include "cli/ui/options.h"

/* The options of a command line, by their places in the command's table. A zeroed struct has none. */
struct option_uses {
    int given[OPTIONS_MAX];
    const char *values[OPTIONS_MAX]; /* the last one given, or NULL */
};

/* Notes that OPTION, an entry of COMMAND's table, was given with VALUE, which may be NULL. */
void option_uses_add(struct option_uses *uses, const struct command *command,
                     const struct option_spec *option, const char *value);

/* Returns 0 if USES break no rule of COMMAND, or -1 and fills MESSAGE with the first one that they break. */
int option_rules_check(const struct command *command, const struct option_uses *uses,
                       struct message *message);

#endif
