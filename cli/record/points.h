/*
 * points.h - the functions at which recording starts and stops: found by name before the program runs, and
 * written where the runtime reads them (runtime/gate/points.c).
 */
#ifndef CLI_RECORD_POINTS_H
#define CLI_RECORD_POINTS_H

#include "cli/base/message.h"
#include "cli/record/spool.h"

/* Names as the user gave them, or NULL. */
struct points {
    const char *start, *stop;
};

/* Looks for the functions in the program at PATH and the libraries that it needs, and writes where they are
 * to the spool. Warnings, of names that are nowhere, go to WARN. -1 with a message. */
int points_write(const struct points *points, const char *path, const struct spool *spool,
                 void (*warn)(const char *text), struct message *message);

#endif
