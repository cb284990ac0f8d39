/*
 * inputs.h - all that `stats` reads of its files: one after the other, added up as the report needs it.
 */
#ifndef CLI_FILES_INPUTS_H
#define CLI_FILES_INPUTS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/analysis/notes_add.h"
#include "cli/analysis/parts.h"
#include "cli/analysis/spread.h"
#include "cli/base/message.h"
#include "cli/model/merge.h"
#include "cli/model/selection.h"
#include "cli/table/rows.h"

/* What the report needs besides the table of all files. */
enum inputs_need {
    INPUTS_TABLE,    /* nothing */
    INPUTS_CONTEXTS, /* the merged profile */
    INPUTS_SUM,      /* the merged profile, and no table; but only a table if a file has no contexts */
    INPUTS_PARTS,    /* processes and threads */
    INPUTS_SPREAD,   /* the files side by side */
};

struct inputs_request {
    enum inputs_need need;
    const char *before;                         /* the path of a file to compare with, or NULL */
    int how;                                    /* table_finish()'s, for the table of all files */
    int in_seconds, with_edges, with_recording; /* as in struct table */
    enum sort_figure figure;                    /* as in struct spread */
    double min_time; /* ns, or what is counted: contexts that took less are folded */
    int raw;         /* times as they were measured, with what the hooks cost */
    struct selection selection;
    FILE *warnings; /* gets what could not be had of a file */
};

struct inputs {
    struct table table; /* finished */
    struct notes notes;
    struct parts parts;
    struct spread spread;
    struct table before; /* finished */
    struct merge merge;
    int is_merged;    /* MERGE is there */
    uint32_t *row_of; /* by function of the merged profile: its row in the table */
    char **titles;    /* one for each file; and behind them, that of what they are compared with */
    size_t count;     /* files */
};

/* Reads the files into INPUTS, which is zeroed. -1 with a message; inputs_free() is due in any case. */
int inputs_read(struct inputs *inputs, struct inputs_request *request, char *const *paths, size_t count,
                struct message *message);

/* Returns the line that names the file PATH in reports: when it was modified, and its path. The caller frees
 * it. Returns NULL without memory. */
char *inputs_title(const char *path);

void inputs_free(struct inputs *inputs);

#endif
