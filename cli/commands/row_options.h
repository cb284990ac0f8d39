/*
 * row_options.h - the options that `profile` and `stats` share: the order of a report's rows, and how many.
 */
#ifndef CLI_COMMANDS_ROW_OPTIONS_H
#define CLI_COMMANDS_ROW_OPTIONS_H

#include <stdint.h>

#include "cli/base/message.h"
#include "cli/table/sort.h"
#include "cli/ui/options.h"

struct row_options {
    struct sort_order order;
    int64_t limit; /* -1: all rows */
};

/* Adds the keys in VALUE, KEY[,KEY...], to FIELD, a struct sort_order. This is take() of an option. */
int row_options_take_sort(const struct option_spec *option, void *field, const char *value,
                          struct message *message);

#endif
