/*
 * completion.h - prints the scripts by which bash and zsh complete a command's options and values.
 *
 * The build makes them with `COMMAND --completion SHELL`, so they always agree with the table of options.
 */
#ifndef CLI_UI_COMPLETION_H
#define CLI_UI_COMPLETION_H

#include <stdio.h>

#include "cli/ui/options.h"

/* Prints the script for bash. Leaves errors in the stream's error flag. */
void completion_print_bash(const struct command *command, FILE *stream);

/* Prints the script for zsh. Leaves errors in the stream's error flag. */
void completion_print_zsh(const struct command *command, FILE *stream);

#endif
