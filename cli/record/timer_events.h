/*
 * timer_events.h - the events of the processor and the kernel that `profile --timer` can count, by the names
 * that perf(1) gives them.
 */
#ifndef CLI_RECORD_TIMER_EVENTS_H
#define CLI_RECORD_TIMER_EVENTS_H

#include <stdint.h>

#include "cli/base/message.h"

/* The best known, separated by spaces: for help and completion. */
#define EVENT_NAMES                                                                                          \
    "instructions cycles cache-references cache-misses branches branch-misses context-switches "             \
    "cpu-migrations minor-faults major-faults"

struct event {
    uint32_t type;    /* as perf_event_open(2) has it */
    uint64_t config;  /* likewise */
    const char *unit; /* what it counts, in words */
};

/* The event of that NAME. -1 if there is none. */
int event_find(const char *name, struct event *event);

/* Tries whether the kernel counts EVENT, for this user on this machine. -1 with a message that says why not.
 */
int event_check(const char *name, const struct event *event, struct message *message);

#endif
