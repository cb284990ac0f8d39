/*
 * row_options.c - which rows of a report, in what order. See row_options.h.
 */
#include "cli/commands/row_options.h"

enum options_result row_options_take_sort(void *target, const char *value, struct message *message)
{
    struct row_options *options = target;

    return sort_parse(&options->order, value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

enum options_result row_options_take_limit(void *target, const char *value, struct message *message)
{
    struct row_options *options = target;

    return options_count(&options->limit, value, "rows", message);
}
