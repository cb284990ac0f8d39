/*
 * inputs.h - reads the files that `stats` is given, and adds them up as the report needs them.
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
#include "cli/files/warnings.h"
#include "cli/model/merge.h"
#include "cli/model/runs.h"
#include "cli/model/selection.h"
#include "cli/table/rows.h"

/* The figures that a report needs beside the table of all files. */
enum inputs_need {
    INPUTS_TABLE,    /* nothing */
    INPUTS_CONTEXTS, /* the merged profile */
    INPUTS_SUM,      /* the merged profile instead of a table; if a file has no contexts, the table alone */
    INPUTS_EXPORT,   /* the merged profile; if a file has no contexts, the table alone */
    INPUTS_PARTS,    /* processes and threads */
    INPUTS_SPREAD,   /* the files side by side */
};

struct inputs_request {
    enum inputs_need need;
    const char *before;                       /* the path of a file to compare with, or NULL */
    int how;                                  /* of the tables */
    int in_seconds, has_edges, has_recording; /* as in struct table */
    enum sort_figure figure;                  /* as in struct spread */
    double min_time;                          /* nanoseconds, or units: contexts that took less are folded */
    int has_threads;                          /* the merged profile of one file keeps its threads apart */
    int raw;                                  /* times keep the cost of the hooks */
    struct selection selection;
    FILE *warnings; /* gets a line for each part of the files that could not be loaded */
};

struct inputs {
    struct table table; /* finished */
    struct notes notes;
    struct runs runs; /* that the files are of */
    struct parts parts;
    struct spread spread;
    struct table before; /* finished */
    struct warnings warnings;
    struct merge merge;
    int is_merged; /* MERGE is filled; with the profile itself, if there is one file that keeps its threads */
    uint32_t *row_of; /* by function of the merged profile: its row in the table */
    char **titles;    /* one for each file, then that of the file they are compared with; ended by NULL */
    size_t count;     /* files */
};

/* Reads the COUNT files at PATHS into INPUTS, which is zeroed. Returns 0, or -1 and fills MESSAGE. The caller
 * calls inputs_free() in either case. */
int inputs_read(struct inputs *inputs, struct inputs_request *request, char *const *paths, size_t count,
                struct message *message);

/* Returns the line that names the file PATH in reports: when it was modified, and its path. The caller frees
 * it. Returns NULL without memory. */
char *inputs_title(const char *path);

/* Frees what INPUTS holds; a zeroed struct is fine. */
void inputs_free(struct inputs *inputs);

#endif
