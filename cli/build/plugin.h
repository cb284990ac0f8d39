/*
 * plugin.h - finds the plugin that was built for a gcc.
 */
#ifndef CLI_BUILD_PLUGIN_H
#define CLI_BUILD_PLUGIN_H

#include "cli/base/message.h"

/* Returns the path of the plugin for the gcc whose program is the file PATH, to be freed, or NULL if that
 * program is not one for which this installation built a plugin. Runs nothing. */
char *plugin_known(const char *path);

/* Returns the path of the plugin for the gcc that COMMAND, for a shell, runs; to be freed. Runs it to learn
 * its version, and whether it takes the plugin. Returns NULL and fills MISSING if there is none. NAME is the
 * compiler's in MISSING. */
char *plugin_ask(const char *command, const char *name, struct message *missing);

#endif
