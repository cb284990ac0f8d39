/*
 * profile_options.h - the options of `profile`, and the settings that they fill.
 */
#ifndef CLI_COMMANDS_PROFILE_OPTIONS_H
#define CLI_COMMANDS_PROFILE_OPTIONS_H

#include <stdint.h>

#include "cli/base/message.h"
#include "cli/build/compiler.h"
#include "cli/commands/row_options.h"
#include "cli/record/filters.h"
#include "cli/record/points.h"
#include "cli/table/restrict.h"
#include "cli/ui/options.h"
#include "runtime/format/image.h"

struct profile_settings {
    struct row_options rows; /* of the report */
    const char *out;         /* path of the profile; NULL: print a report */
    char *absolute_out;      /* OUT from the root, to be freed */
    struct restrictions restrictions;
    struct points points;
    struct filters filters;
    int wait_all;
    int exec; /* this process becomes the program */
    int recover;
    int is_paused;
    int64_t max_contexts;   /* in a process; negative: the runtime's default */
    int64_t frequency;      /* samples of a thread in a second; negative: the runtime's default */
    int sampler;            /* enum setting_sampler */
    const char *timer;      /* as the user named it */
    enum image_reads reads; /* 0: the timer's default */
    char *runtime;          /* PROFILE_OPTIONS, or NULL */
    double bias;            /* cost of recording a call, ns or the timer's unit; negative: as measured */
    int calibrate;
    enum compiler_flags cflags; /* 0: none are asked for */
    const char *compiler;       /* NULL: $CC or cc */
};

/* The options are parsed into a struct profile_settings. */
extern const struct command PROFILE_COMMAND;

/* Parses the command line into SETTINGS. Sets *FIRST to the index of the program in ARGV. Free SETTINGS
 * whatever is returned. Fills MESSAGE for OPTIONS_ERROR. */
enum options_result profile_options_parse(struct profile_settings *settings, int argc, char **argv,
                                          int *first, struct message *message);

/* Fills in what the options left open: the runtime's options, the absolute path of the profile, and the order
 * and length of the report. Returns 0, or -1 and fills MESSAGE. */
int profile_options_complete(struct profile_settings *settings, struct message *message);

/* Frees what SETTINGS hold; a zeroed struct is fine. */
void profile_options_free(struct profile_settings *settings);

#endif
