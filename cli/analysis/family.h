/*
 * family.h - the processes of a profile as a family: in the order in which they are printed, children below
 * their parents.
 *
 * A parent is the process that had the child's parent ID when the child started, which therefore started
 * earlier: so whatever a damaged file says, nothing is its own ancestor.
 */
#ifndef CLI_ANALYSIS_FAMILY_H
#define CLI_ANALYSIS_FAMILY_H

#include <stddef.h>
#include <stdint.h>

#include "cli/model/model.h"

struct family_member {
    uint32_t process; /* index in the profile */
    uint32_t level;   /* 0: has no parent here */
    int is_last;      /* of its parent's children */
};

/* The processes for which LISTED, by process, is not 0; a child of one that is not is its next ancestor's.
 * Sets *COUNT. To be freed; NULL without memory. */
struct family_member *family_order(const struct profile *profile, const unsigned char *listed, size_t *count);

#endif
