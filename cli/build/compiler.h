/*
 * compiler.h - what a compiler wants to be told to instrument a program: gcc and clang differ.
 */
#ifndef CLI_BUILD_COMPILER_H
#define CLI_BUILD_COMPILER_H

#include <stdio.h>

#include "cli/base/message.h"

enum compiler_kind { COMPILER_GCC, COMPILER_CLANG };

struct compiler {
    const char *command; /* as a shell takes it */
    enum compiler_kind kind;
};

/* Takes COMMAND, or what CC names in the environment, or cc; and asks it what it is, if its name does not
 * say. COMMAND must outlive the compiler. -1 with a message. */
int compiler_find(struct compiler *compiler, const char *command, struct message *message);

/* Prints the flags by which it instruments a program, in a line, as a shell takes them. From gcc they keep
 * what headers of the system and of the C++ library define. -1 with a message. */
int compiler_print_flags(const struct compiler *compiler, FILE *stream, struct message *message);

/* Prints the flag NAME=ITEM[,ITEM...], in which gcc wants the commas of items escaped, as a shell takes it.
 */
void compiler_print_list_flag(FILE *stream, const char *name, const char *const *items, size_t count);

#endif
