/*
 * timer_names.h - what `profile --timer` names: which timers there are, and whether they can be had.
 */
#ifndef CLI_RECORD_TIMER_NAMES_H
#define CLI_RECORD_TIMER_NAMES_H

#include "cli/base/message.h"
#include "cli/record/timer_events.h"

/* The timers that have names, separated by spaces: for help and completion. */
#define TIMER_NAMES "wall monotonic cpu wall,cpu page-faults alloc " EVENT_NAMES

/* Is TEXT the name of a timer or an event, or LIBRARY:FUNCTION[:UNIT]? -1 with a message if not. */
int timer_parse(const char *text, struct message *message);

/* Puts into *OPTION what the runtime is to be told of the timer TEXT, which timer_parse() took, to be freed:
 * NULL for the clock. -1 with a message if the timer cannot be had, or without memory. */
int timer_option(const char *text, char **option, struct message *message);

/* The name of the runtime's library that has the timer TEXT, which may be NULL. */
const char *timer_library(const char *text);

/* Does the timer TEXT, which may be NULL, take a reading at every call? */
int timer_needs_every(const char *text);

/* Can the timer TEXT, which may be NULL, see what the program at PATH does? -1 with a message if not. */
int timer_check_program(const char *text, const char *path, struct message *message);

#endif
