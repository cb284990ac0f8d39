/*
 * family.h - orders the processes of a profile as a family: children below their parents, as printed.
 *
 * A parent is the process that had the child's parent ID when the child started. It started earlier, so no
 * process is its own ancestor, even in a damaged file.
 */
#ifndef CLI_ANALYSIS_FAMILY_H
#define CLI_ANALYSIS_FAMILY_H

#include <stddef.h>
#include <stdint.h>

#include "cli/model/model.h"

struct family_member {
    uint32_t process; /* index in the profile */
    uint32_t level;   /* 0: it has no listed ancestor */
    int is_last;      /* of its parent's children */
};

/* Returns the processes P for which LISTED[P] is not 0, and sets *COUNT to their number. A child whose parent
 * is not listed belongs to the nearest listed ancestor. The caller frees the result. Returns NULL without
 * memory. */
struct family_member *family_order(const struct profile *profile, const unsigned char *listed, size_t *count);

#endif
