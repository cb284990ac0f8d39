/*
 * row_options.c - the order of a report's rows. See row_options.h.
 */
#include "cli/commands/row_options.h"

int row_options_take_sort(const struct option_spec *option, void *field, const char *value,
                          struct message *message)
{
    (void)option;
    return sort_parse(field, value, message);
}
