/*
 * points.h - the functions at which recording starts and stops. The launcher lists them in a file in the
 * spool (runtime/format/points_file.h).
 *
 * The fast path does not know them. While the gate is shut, each entry is compared with the few starts. A
 * stop never gets a record, so each entry to it takes the slow path. There it is compared with the stops.
 */
#ifndef RUNTIME_GATE_POINTS_H
#define RUNTIME_GATE_POINTS_H

#include <stdint.h>

#include "runtime/format/points_file.h"

struct point_list {
    uint64_t addresses[POINTS_MAX];
    uint32_t count;
    int is_wanted; /* the user has named some, even if this program has none of them */
};

/* The points of this process, which forked children inherit. */
extern __attribute__((visibility("hidden"))) struct point_list points_start, points_stop;

/* Returns 1 if FUNCTION is in LIST. */
static inline int point_is_in(const struct point_list *list, uint64_t function)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->addresses[i] == function)
            return 1;
    return 0;
}

/* Reads both lists from the directory SPOOL. Called once in a program. */
void points_read(const char *spool);

#endif
