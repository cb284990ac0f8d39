/*
 * headers.h - the directories of a compiler's own headers.
 */
#ifndef CLI_BUILD_HEADERS_H
#define CLI_BUILD_HEADERS_H

#include "cli/base/message.h"
#include "cli/base/strings.h"

/* Fills DIRECTORIES, a zeroed list, with those of the system's headers, and of the C++ library's if the
 * compiler has one. COMMAND is for a shell. Returns 0, or -1 and fills MESSAGE. */
int headers_find(struct strings *directories, const char *command, struct message *message);

#endif
