/*
 * export.h - writes profiles in the formats of other programs. exporters.h has the functions that write one
 * each.
 *
 * All formats are written from one struct export, so their figures are those of the table that `stats`
 * prints.
 */
#ifndef CLI_EXPORT_EXPORT_H
#define CLI_EXPORT_EXPORT_H

#include <stdio.h>

#include "cli/base/message.h"
#include "cli/base/strings.h"
#include "cli/export/contexts.h"
#include "cli/files/inputs.h"
#include "cli/report/view.h"
#include "cli/table/rows.h"

/* The figure of a context in a format that has one figure. */
enum export_weight { EXPORT_TOTTIME, EXPORT_CALLS, EXPORT_WAITTIME };
#define EXPORT_WEIGHTS "tottime calls waittime" /* in this order */

/* The names of all formats, separated by spaces. */
#define EXPORT_FORMATS "callgrind csv firefox folded html json pprof prof pstats speedscope"

/* The figures that an exporter writes. */
struct export
{
    const struct inputs *inputs;
    const struct table *table;       /* of INPUTS; it has its edges */
    const struct table_list *list;   /* the rows that were chosen, in their order */
    const struct profile *profile;   /* of the contexts; NULL: there are none */
    const struct contexts *contexts; /* NULL: there are none */
    char *const *paths;              /* of the files, as the user gave them */
    const struct strings *selection; /* the options that leave something out */
    const char *measure;             /* "ns", or what the timer counts */
    enum export_weight weight;
    int has_threads;     /* the threads are told apart */
    int is_restricted;   /* LIST does not have all rows */
    int unwound, errors; /* as in csv.h */
};

enum export_trait {
    EXPORT_NEEDS_CONTEXTS = 1, /* files without contexts are refused */
    EXPORT_TAKES_CONTEXTS = 2, /* as far as the files have them */
    EXPORT_HAS_THREADS = 4,    /* the threads of one file are told apart, also without --by thread */
    EXPORT_IS_BINARY = 8,      /* it is not for terminals */
    EXPORT_HAS_WEIGHT = 16,    /* it has one figure for each context, which --weight chooses */
    EXPORT_IS_SUM = 32,        /* it is the sum of the files, if nothing is left out of them (--save) */
    EXPORT_IS_DICTIONARY = 64, /* its rows are those of TABLE_DICTIONARY */
    EXPORT_HAS_EDGES = 128,    /* it says who calls whom apart from the contexts */
};

struct exporter {
    const char *name;    /* of the format */
    const char *endings; /* of file names, separated by spaces; the longest that fits decides. A word with a
                          * star at its end is how a name begins. */
    int traits;          /* enum export_trait, combined */
    const char *lacks;   /* a line about what the format cannot hold; NULL: it holds all that is in EXPORT */
    /* Writes EXPORT to STREAM. Returns 0, or -1 and fills MESSAGE. Failed writes stay in the stream's error
     * flag. */
    int (*write)(FILE *stream, const struct export *export, struct message *message);
};

/* Returns the exporter of the format NAME. Returns NULL and fills MESSAGE if there is none. */
const struct exporter *exporter_named(const char *name, struct message *message);

/* Returns the exporter whose ending the name of the file PATH has. Returns NULL and fills MESSAGE if there is
 * none. */
const struct exporter *exporter_for(const char *path, struct message *message);

struct export_request {
    const struct exporter *exporter;
    const char *path; /* of the file to write; NULL: standard output */
    enum export_weight weight;
    int by_thread;      /* the threads of one file are told apart */
    double min_percent; /* as in struct contexts_request */
};

/* Fills MESSAGE and returns -1 if the file of REQUEST cannot be written, or is not for the terminal that
 * standard output is. Leaves nothing behind. */
int export_check(const struct export_request *request, struct message *message);

/* Writes the files at PATHS, which INPUTS has read, as REQUEST and VIEW say. SELECTION is as in struct
 * export. Prints a line about what the format cannot hold to NOTES. Returns 0, or -1 and fills MESSAGE: no
 * file is left then, but the one that was there before. */
int export_write(const struct export_request *request, const struct inputs *inputs, const struct view *view,
                 char *const *paths, const struct strings *selection, FILE *notes, struct message *message);

#endif
