/*
 * profile_options.h - what the command line of `profile` says: into settings, by the table of its options.
 */
#ifndef CLI_COMMANDS_PROFILE_OPTIONS_H
#define CLI_COMMANDS_PROFILE_OPTIONS_H

#include <stdint.h>

#include "cli/base/message.h"
#include "cli/commands/row_options.h"
#include "cli/record/filters.h"
#include "cli/record/points.h"
#include "cli/table/restrict.h"
#include "cli/ui/options.h"
#include "runtime/format/image.h"

struct profile_settings {
    struct row_options rows; /* of the report */
    const char *out;         /* NULL: print */
    char *absolute_out;      /* what it is then, to be freed */
    struct restrictions restrictions;
    struct points points;
    struct filters filters;
    int wait_all;
    int recover;
    int is_paused;
    int64_t max_contexts;   /* negative: as many as usual */
    const char *timer;      /* as the user calls it */
    enum image_reads reads; /* 0: as is best for the timer */
    char *runtime;          /* all that the runtime is told, or NULL */
    double bias; /* ns, or what the timer counts, that recording costs a call; negative: as it was measured */
    int calibrate;
    int cflags;
    const char *compiler; /* NULL: what CC says, or cc */
};

/* The command, whose target is a struct profile_settings. */
extern const struct command PROFILE_COMMAND;

/* Reads the command line, and refuses what contradicts itself. FIRST: the program among ARGV. The settings
 * are to be freed, whatever it returns. */
enum options_result profile_options_parse(struct profile_settings *settings, int argc, char **argv,
                                          int *first, struct message *message);

/* Puts in what the options left open: what the runtime is told, and where the profile goes. 0, or -1 with a
 * message. */
int profile_options_complete(struct profile_settings *settings, struct message *message);

void profile_options_free(struct profile_settings *settings);

#endif
