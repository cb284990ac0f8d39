/*
 * stats_options.h - what the command line of `stats` says: into settings, by the table of its options.
 */
#ifndef CLI_COMMANDS_STATS_OPTIONS_H
#define CLI_COMMANDS_STATS_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/commands/row_options.h"
#include "cli/files/inputs.h"
#include "cli/report/tree_report.h"
#include "cli/report/view.h"
#include "cli/ui/options.h"

/* What the lines of the report are. */
enum stats_by { BY_FUNCTION, BY_THREAD, BY_PROCESS, BY_FILE };

struct stats_settings {
    struct row_options rows;
    struct view view;          /* its order is that of the rows, or the default */
    const char **restrictions; /* as they were given: how they are read depends on as_pstats */
    size_t restriction_count;
    int as_pstats;
    int is_interactive;
    int use_pager;
    int suggests;         /* what not to instrument */
    const char *compiler; /* for that: NULL: what CC says, or cc */
    const char *save;     /* the file to write to, instead of printing; or NULL */
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

/* Frees what SETTINGS hold; a zeroed struct is fine. */
void stats_options_free(struct stats_settings *settings);

#endif
