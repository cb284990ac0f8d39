/*
 * wrappers.h - the folder in which this program has the names of the compilers.
 */
#ifndef CLI_BUILD_WRAPPERS_H
#define CLI_BUILD_WRAPPERS_H

#include "cli/base/message.h"

/* Makes the folder, with a link to this program for each compiler in $PATH. Returns its path, to be freed, or
 * NULL and fills MESSAGE. The folder stays, because CMake writes the path of a compiler down: the user's
 * later builds need it. Where the user has no place for it, the links are made in the folder SPARE. */
char *wrappers_make(const char *spare, struct message *message);

#endif
