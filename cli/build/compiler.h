/*
 * compiler.h - the flags with which gcc and clang instrument a program.
 */
#ifndef CLI_BUILD_COMPILER_H
#define CLI_BUILD_COMPILER_H

#include <stdio.h>

#include "cli/base/message.h"
#include "cli/base/strings.h"

enum compiler_kind { COMPILER_GCC, COMPILER_CLANG };

struct compiler {
    const char *command; /* for a shell: it may have arguments */
    const char *name;    /* in messages */
    const char *program; /* path of the compiler without links, or NULL if it is not known */
    enum compiler_kind kind;
};

/* Fills COMPILER with COMMAND, or if that is NULL with $CC, or else with cc. Runs it to learn its kind,
 * unless its name tells. COMMAND must outlive the compiler. Returns 0, or -1 and fills MESSAGE. */
int compiler_find(struct compiler *compiler, const char *command, struct message *message);

/* Fills in the kind of COMPILER, whose other members are filled in. Runs it only if neither its program nor
 * its name tells. Returns 0, or -1 and fills MESSAGE. */
int compiler_find_kind(struct compiler *compiler, struct message *message);

/* Which functions have hooks. */
enum compiler_flags {
    COMPILER_AFTER_INLINING = 1, /* those that are left when the compiler has inlined functions, if it can */
    COMPILER_EVERY_FUNCTION = 2, /* all, before anything is inlined */
};

/* Fills WORDS, a zeroed list, with the flags that instrument a program, without -g. The flags for gcc leave
 * out the functions that headers of the system and of the C++ library define; all leave out
 * PROFILE_BUILD_EXCLUDE, if the compiler can. Fills MISSING if it cannot, or if gcc needs a plugin for FLAGS
 * and there is none: these flags then instrument every function. Returns 0, or -1 and fills MESSAGE. */
int compiler_flags(const struct compiler *compiler, enum compiler_flags flags, struct strings *words,
                   struct message *missing, struct message *message);

/* Prints a line with -g and the words of compiler_flags(), quoted for a shell. */
int compiler_print_flags(const struct compiler *compiler, enum compiler_flags flags, FILE *stream,
                         struct message *missing, struct message *message);

/* Prints the flag NAME=ITEM[,ITEM...], quoted for a shell. A comma within an item is escaped, as gcc wants
 * it. */
void compiler_print_list_flag(FILE *stream, const char *name, const char *const *items, size_t count);

#endif
