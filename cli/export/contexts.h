/*
 * contexts.h - the calling contexts of a profile as all exporters write them: from the starts of threads
 * down, in whole numbers, with what the user does not want to see left out.
 *
 * A context stands behind its caller, and all contexts below one stand right behind it (preorder). Siblings
 * stand in the order in which the profile has them. Self times are rounded once, here: times with callees are
 * sums of these whole numbers, so no format shows a caller that took less than its callees.
 *
 * Contexts that are left out become one context below their caller, which stands for all of them. So the sums
 * are right whatever is left out.
 */
#ifndef CLI_EXPORT_CONTEXTS_H
#define CLI_EXPORT_CONTEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

#define CONTEXT_NONE UINT32_MAX

/* Times are ns, or what the timer counts. */
struct context {
    uint32_t parent; /* index of its caller; CONTEXT_NONE: the start of the thread */
    uint32_t row;    /* index in the table's rows; CONTEXT_NONE: it stands for contexts that were left out */
    uint32_t thread; /* index in the profile's threads */
    uint32_t recursive; /* index of the ancestor that this recursive call leads back to, or CONTEXT_NONE */
    uint32_t left_out;  /* contexts that it stands for, if it has no row */
    uint32_t level;     /* contexts above it */
    uint64_t calls;     /* without a row: of the topmost contexts that it stands for */
    uint64_t unwound;   /* calls that ended without a return */
    uint64_t self;
    uint64_t total;                /* self of the context and of all below it */
    uint64_t waited;               /* part of self without a processor */
    double cumulative;             /* what it adds to the cumulative time of its row */
    float self_error, total_error; /* standard errors of self and total */
};

struct contexts {
    struct context *items;
    size_t count;
    uint64_t total;    /* self of all */
    uint64_t left_out; /* contexts that were left out */
    uint32_t deepest;  /* the greatest level */
    int has_errors;    /* an error is above 0 */
    int has_recursion, has_unwound;
};

struct contexts_request {
    const struct profile *profile;
    const struct table *table; /* finished */
    const uint32_t *row_of;    /* by function of the profile: its row in the table (table_track()) */
    const struct table_list
        *wanted;        /* only contexts that lead to one of these rows are kept; NULL: all are */
    double min_percent; /* contexts that took less of the total are left out, with all below them */
};

/* Fills CONTEXTS, which is zeroed. Returns 0, or -1 and fills MESSAGE. The caller calls contexts_free() in
 * either case. */
int contexts_make(struct contexts *contexts, const struct contexts_request *request, struct message *message);

/* Frees what CONTEXTS holds; a zeroed struct is fine. */
void contexts_free(struct contexts *contexts);

#endif
