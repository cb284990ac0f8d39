/*
 * points.h - functions at which recording starts and stops. The launcher lists them in a file in the spool,
 * see runtime/format/points_file.h.
 *
 * A start is an entry to a shut gate, which is compared with these few addresses. A stop never gets a record,
 * so each entry takes the slow path, and is seen there; the fast path knows of neither.
 */
#ifndef RUNTIME_GATE_POINTS_H
#define RUNTIME_GATE_POINTS_H

#include <stdint.h>

#include "runtime/format/points_file.h"

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
