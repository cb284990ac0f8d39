/*
 * option_values.h - checks the value of an option and stores it by the option's kind.
 */
#ifndef CLI_UI_OPTION_VALUES_H
#define CLI_UI_OPTION_VALUES_H

#include <stdint.h>

#include "cli/base/message.h"
#include "cli/ui/options.h"

/* Stores VALUE, or NULL without one, in the field of TARGET that OPTION names. Not for OPTION_ABOUT. Returns
 * 0, OPTION_MORE as take() does, or -1 and fills MESSAGE. */
int option_store(const struct option_spec *option, void *target, const char *value, struct message *message);

/* Returns the place of VALUE, from 0, in the values of OPTION, or -1 and fills MESSAGE. */
int option_choose(const struct option_spec *option, const char *value, struct message *message);

/* Fills LIST with WORDS, which spaces separate, each behind PREFIX: "--a, --b or --c". */
void option_list(char list[MESSAGE_MAX], const char *words, const char *prefix);

/* Fills MESSAGE: "unknown NOUN 'VALUE' (use A, B or C)". WORDS are separated by spaces. Returns -1. */
int option_refuse_choice(const char *noun, const char *value, const char *words, struct message *message);

/* Parses TEXT, decimal digits alone, into *COUNT. A number that is too large becomes INT64_MAX. Returns 0, or
 * -1 if TEXT is not a whole number. */
int option_parse_count(int64_t *count, const char *text);

#endif
