/*
 * timer_names.h - the timers that `profile --timer` names.
 */
#ifndef CLI_RECORD_TIMER_NAMES_H
#define CLI_RECORD_TIMER_NAMES_H

#include "cli/base/message.h"
#include "cli/record/timer_events.h"

/* The timers that have names, separated by spaces: for help and completion. */
#define TIMER_NAMES "wall monotonic cpu wall,cpu page-faults alloc " EVENT_NAMES

/* Checks that TEXT is the name of a timer or an event, or LIBRARY:FUNCTION[:UNIT]. Returns 0, or -1 and fills
 * MESSAGE. */
int timer_parse(const char *text, struct message *message);

/* Fills OPTION with the runtime's setting for the timer TEXT, which timer_parse() has checked; with NULL for
 * the clock. The caller frees it. Returns 0, or -1 and fills MESSAGE: the timer cannot be used, or there is
 * not enough memory. */
int timer_option(const char *text, char **option, struct message *message);

/* Returns the name of the runtime's library that has the timer TEXT, which may be NULL. */
const char *timer_library(const char *text);

/* Returns 1 if the timer TEXT, which may be NULL, needs a reading at every call. */
int timer_needs_every(const char *text);

/* Checks that the timer TEXT, which may be NULL, can measure the program at PATH. Returns 0, or -1 and fills
 * MESSAGE. */
int timer_check_program(const char *text, const char *path, struct message *message);

#endif
