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

/* The command, whose target is a struct stats_settings. */
extern const struct command STATS_COMMAND;

/* Fills in what the options left open. Returns OPTIONS_RUN, or OPTIONS_ERROR and fills MESSAGE. */
enum options_result stats_options_complete(struct stats_settings *settings, struct message *message);

void stats_options_free(struct stats_settings *settings);

#endif
