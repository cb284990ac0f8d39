/*
 * timer_events.h - the events that `profile --timer` can count, by the names that perf(1) gives them.
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
    uint32_t type;    /* as in struct perf_event_attr */
    uint64_t config;  /* as in struct perf_event_attr */
    const char *unit; /* of the count, in words */
};

/* Fills EVENT with the event NAME. Returns 0, or -1 if there is none. */
int event_find(const char *name, struct event *event);

/* Tries whether the kernel counts EVENT, called NAME, for this user on this machine. Returns 0, or -1 and
 * fills MESSAGE with the reason. */
int event_check(const char *name, const struct event *event, struct message *message);

#endif
