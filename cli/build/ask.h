/*
 * ask.h - runs a compiler to learn something about it.
 */
#ifndef CLI_BUILD_ASK_H
#define CLI_BUILD_ASK_H

#include "cli/base/strings.h"

/* Runs FORMAT, in which %s stands for COMMAND, by the shell, and adds the lines that it prints. COMMAND is
 * quoted for the shell already, and may have arguments. Returns 0, or -1 if it fails. */
int ask(struct strings *lines, const char *format, const char *command);

#endif
