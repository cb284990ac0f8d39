/*
 * weight.h - the one figure of a context in formats that have one.
 */
#ifndef CLI_EXPORT_WEIGHT_H
#define CLI_EXPORT_WEIGHT_H

#include "cli/export/export.h"

/* Returns 0 if the files have the figure that the user wants, else -1 and fills MESSAGE. */
int weight_check(const struct export *export, struct message *message);

/* Returns 1 if the figure is a time in ns. */
static inline int weight_is_time(const struct export *export)
{
    return export->weight == EXPORT_WAITTIME || (export->weight == EXPORT_TOTTIME && !export->table->counts);
}

/* Returns the figure of CONTEXT, without what it calls. */
static inline uint64_t weight_of(const struct export *export, const struct context *context)
{
    return export->weight == EXPORT_CALLS      ? context->calls
           : export->weight == EXPORT_WAITTIME ? context->waited
                                               : context->self;
}

#endif
