/*
 * row_options.h - the options that `profile` and `stats` have in common: which rows of a report, in what
 * order.
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

/* Adds the keys that VALUE names to the struct sort_order FIELD: take() of an option KEY[,KEY...]. */
int row_options_take_sort(const struct option_spec *option, void *field, const char *value,
                          struct message *message);

#endif
