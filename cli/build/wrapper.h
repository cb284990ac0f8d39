/*
 * wrapper.h - `profile cc`: becomes a compiler, with the flags that instrument a program.
 */
#ifndef CLI_BUILD_WRAPPER_H
#define CLI_BUILD_WRAPPER_H

#include "cli/base/message.h"

/* A compiler to become. */
struct wrapper {
    char *path;            /* of the program, which may be a launcher such as ccache */
    char **words;          /* its name and arguments, ended by NULL */
    struct message remark; /* to be printed before, or "": why hooks are not as they should be */
};

/* Returns the words of the compiler and its arguments, ended by NULL, or NULL if this process is not to
 * become a compiler. ARGV begins with a name of this program: "profile" with a compiler's name behind it,
 * "profile-cc", "profile-c++", or the name of a compiler, which `profile build` gives to it. */
char **wrapper_words(char **argv);

/* Fills WRAPPER from WORDS. Returns 0, or the status to exit with and fills MESSAGE. */
int wrapper_prepare(struct wrapper *wrapper, char **words, struct message *message);

/* Becomes the compiler. Returns only if that fails: the status to exit with, and fills MESSAGE. */
int wrapper_exec(const struct wrapper *wrapper, struct message *message);

#endif
