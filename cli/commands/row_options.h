/*
 * row_options.h - the options that `profile` and `stats` have in common: which rows of a report, in what
 * order.
 *
 * Handlers for options.h. Their target is any struct whose first member is a struct row_options.
 */
#ifndef CLI_COMMANDS_ROW_OPTIONS_H
#define CLI_COMMANDS_ROW_OPTIONS_H

#include <stdint.h>

#include "cli/base/message.h"
#include "cli/table/sort.h"
#include "cli/ui/options.h"

struct row_options {
    struct sort_order order;
    int64_t limit; /* rows; -1: all */
};

/* --sort KEY[,KEY...]: the keys of several add up. */
enum options_result row_options_take_sort(void *target, const char *value, struct message *message);

/* --limit N */
enum options_result row_options_take_limit(void *target, const char *value, struct message *message);

#endif
