/*
 * completion.h - what makes a shell complete a command's words: scripts made from its table of options.
 *
 * They are made when the project is built, by `COMMAND --completion SHELL`, so they are never behind the
 * table.
 */
#ifndef CLI_UI_COMPLETION_H
#define CLI_UI_COMPLETION_H

#include <stdio.h>

#include "cli/ui/options.h"

/* Print the script for a shell. Errors are left in the stream's error flag. */
void completion_print_bash(const struct command *command, FILE *stream);
void completion_print_zsh(const struct command *command, FILE *stream);

#endif
