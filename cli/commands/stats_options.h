/*
 * stats_options.h - the options of `stats`, and the settings that they fill.
 */
#ifndef CLI_COMMANDS_STATS_OPTIONS_H
#define CLI_COMMANDS_STATS_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/commands/row_options.h"
#include "cli/export/export.h"
#include "cli/files/inputs.h"
#include "cli/report/tree_report.h"
#include "cli/report/view.h"
#include "cli/ui/options.h"

/* The subject of a line of the report. */
enum stats_by { BY_FUNCTION, BY_THREAD, BY_PROCESS, BY_FILE };

struct stats_settings {
    struct row_options rows;
    struct view view;          /* its order is that of ROWS, or the default */
    const char **restrictions; /* as given, to be parsed when AS_PSTATS is known */
    size_t restriction_count;
    int as_pstats;
    int is_interactive;
    int use_pager;
    int checks;                   /* print times that contradict each other, and nothing else */
    int suggests;                 /* print functions that should not be instrumented */
    const char *compiler;         /* of the suggestions; NULL: $CC or cc */
    const char *save;             /* path of the file to write instead of printing, or NULL */
    struct export_request export; /* instead of printing, if it has an exporter */
    enum stats_by by;
    struct inputs_request request;
    struct tree_settings tree;
};

/* The options are parsed into a struct stats_settings. */
extern const struct command STATS_COMMAND;

/* Parses the command line into SETTINGS and fills in what the options left open. Sets *FIRST to the index of
 * the first file in ARGV. Free SETTINGS whatever is returned. Fills MESSAGE for OPTIONS_ERROR. */
enum options_result stats_options_parse(struct stats_settings *settings, int argc, char **argv, int *first,
                                        struct message *message);

/* Adds the options that leave something out of the files to LIST. Returns 0, or -1 without memory. */
int stats_options_selection(const struct stats_settings *settings, struct strings *list);

/* Frees what SETTINGS hold; a zeroed struct is fine. */
void stats_options_free(struct stats_settings *settings);

#endif
