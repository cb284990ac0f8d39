/*
 * exclude_flags.h - flags that leave out the functions that PROFILE_BUILD_EXCLUDE names.
 */
#ifndef CLI_BUILD_EXCLUDE_FLAGS_H
#define CLI_BUILD_EXCLUDE_FLAGS_H

#include "cli/base/message.h"
#include "cli/base/strings.h"

/* Adds the flags for gcc with the plugin to WORDS. Returns 0, or -1 and fills MESSAGE. */
int exclude_flags_for_plugin(struct strings *words, struct message *message);

/* Adds the flags for gcc without the plugin to WORDS: it leaves out each function or file whose name contains
 * a text. Fills MISSING if a pattern is more than that. Returns 0, or -1 and fills MESSAGE. */
int exclude_flags_for_gcc(struct strings *words, struct message *missing, struct message *message);

/* Fills MISSING if a function is to be left out: clang cannot do that. */
void exclude_flags_for_clang(struct message *missing);

#endif
