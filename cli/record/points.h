/*
 * points.h - finds the functions at which recording starts and stops, and writes them for the runtime. See
 * runtime/format/points_file.h.
 */
#ifndef CLI_RECORD_POINTS_H
#define CLI_RECORD_POINTS_H

#include "cli/base/message.h"
#include "cli/record/spool.h"

/* The names of the functions as the user gave them, or NULL. */
struct points {
    const char *start, *stop;
};

/* Looks for the functions in the program at PATH and the libraries that it needs. Writes their places to
 * SPOOL. Calls WARN for each name that is nowhere. Returns 0, or -1 and fills MESSAGE. */
int points_write(const struct points *points, const char *path, const struct spool *spool,
                 void (*warn)(const char *text), struct message *message);

#endif
