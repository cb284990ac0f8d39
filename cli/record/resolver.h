/*
 * resolver.h - from the user's patterns to the functions of a module, for the runtime to read.
 *
 * The launcher does it for the program before that is started; for any other module the runtime has the
 * resolver do it, this same program under another name, when it meets the module. Both leave a file in the
 * spool (runtime/format/filter_file.h), from which the launcher sees at the end which patterns have matched.
 */
#ifndef CLI_RECORD_RESOLVER_H
#define CLI_RECORD_RESOLVER_H

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/record/filters.h"
#include "cli/record/spool.h"

/* Puts what the runtime and the resolver need of FILTERS into the spool, and resolves the program at PATH. -1
 * with a message. */
int filter_prepare(struct filters *filters, const struct spool *spool, const char *path,
                   struct message *message);

/* Notes in PROFILE which filters were in force by what filter_prepare() left in the spool, warns of the
 * patterns that matched nothing, and folds what took less than the time that was to be left out. -1 with a
 * message. */
int filter_conclude(const struct spool *spool, struct profile *profile, struct message *message);

/* Was this program called as the resolver? Then its words are the spool and a module; returns the status to
 * exit with. */
int filter_is_resolver(int argc, char *const *argv);
int filter_resolver(char *const *argv);

#endif
