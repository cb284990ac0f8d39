/*
 * help.h - the text that --help prints, made from a command's table of options.
 */
#ifndef CLI_UI_HELP_H
#define CLI_UI_HELP_H

#include <stdio.h>

#include "cli/ui/options.h"

/* Prints the help of COMMAND, at most 80 columns wide but for its examples. Leaves errors in the stream's
 * error flag. */
void help_print(const struct command *command, FILE *stream);

#endif
