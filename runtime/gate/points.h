/*
 * points.h - functions at which recording starts and stops.
 *
 * The launcher finds them by name (cli/record/points.c) and writes a line for each to a file in the spool:
 * "start" or "stop", the function's address in its module, and the module's file by device and inode.
 *
 * A start is an entry to a shut gate, which is compared with these few addresses. A stop never gets a record,
 * so each entry takes the slow path, and is seen there; the fast path knows of neither.
 */
#ifndef RUNTIME_GATE_POINTS_H
#define RUNTIME_GATE_POINTS_H

#include <stdint.h>

#define POINTS_FILE  "points"
#define POINTS_START "start"
#define POINTS_STOP  "stop"

enum { POINTS_MAX = 16 }; /* of each kind */

struct point_list {
    uint64_t addresses[POINTS_MAX];
    uint32_t count;
    int is_wanted; /* by the user, also if none was found here */
};

/* Of this process, and of its children. */
extern __attribute__((visibility("hidden"))) struct point_list points_start, points_stop;

static inline int point_is_in(const struct point_list *list, uint64_t function)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->addresses[i] == function)
            return 1;
    return 0;
}

/* Reads them from the SPOOL. Once per program. */
void points_read(const char *spool);

#endif
