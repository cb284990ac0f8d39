/*
 * resolver.h - matches the user's patterns with the functions of a module, for the runtime to read.
 *
 * The launcher does it for the program before that starts. For any other module the runtime starts the
 * resolver when it meets the module: that is this program under another name. Both leave a file in the spool
 * (runtime/format/filter_file.h). At the end the launcher sees there which patterns have matched.
 */
#ifndef CLI_RECORD_RESOLVER_H
#define CLI_RECORD_RESOLVER_H

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/record/filters.h"
#include "cli/record/spool.h"

/* Writes FILTERS to SPOOL for the runtime and the resolver, and resolves the program at PATH. Returns 0, or
 * -1 and fills MESSAGE. */
int filter_prepare(struct filters *filters, const struct spool *spool, const char *path,
                   struct message *message);

/* Notes in PROFILE the filters that filter_prepare() left in SPOOL, and warns of the patterns that matched
 * nothing. Folds the contexts that took less than --min-time. Returns 0, or -1 and fills MESSAGE. */
int filter_conclude(const struct spool *spool, struct profile *profile, struct message *message);

/* Returns 1 if this program was called as the resolver. */
int filter_is_resolver(int argc, char *const *argv);

/* Resolves a module: the arguments are the spool and its path. Returns the status to exit with. */
int filter_resolver(char *const *argv);

#endif
