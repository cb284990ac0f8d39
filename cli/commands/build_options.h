/*
 * build_options.h - the options of `profile build`.
 */
#ifndef CLI_COMMANDS_BUILD_OPTIONS_H
#define CLI_COMMANDS_BUILD_OPTIONS_H

#include "cli/ui/options.h"

/* The first word of `profile build`. A program of this name must be given with its path. */
#define BUILD_WORD "build"

/* Has only the options of every command: --help and --version. */
extern const struct command BUILD_COMMAND;

#endif
