/*
 * merge_functions.h - matches the functions of a profile that is added with those of the sum. For merge.c
 * alone.
 *
 * Two functions match if they lie at one offset of one build of a module. In different builds they match if
 * module path, source file, line and linkage name agree. The path may differ if the profile that is added has
 * no module of that path: the program was built elsewhere, or under another name.
 *
 * One build may have several functions that agree, as a static function of a header. These are matched in
 * order, so that two functions of one profile never become one: a path through the merged tree still names no
 * function twice.
 *
 * A zeroed struct with INTO set is ready for use.
 */
#ifndef CLI_MODEL_MERGE_FUNCTIONS_H
#define CLI_MODEL_MERGE_FUNCTIONS_H

#include "cli/base/hash.h"
#include "cli/model/model.h"

struct merge_place;
struct merge_source;

struct merge_functions {
    struct profile *into;
    struct merge_place *places; /* all offsets of all builds so far */
    size_t place_count;
    struct merge_source *sources; /* the name of each function of INTO */
    size_t source_count;
    struct hash modules;      /* by build: index in INTO */
    struct hash places_index; /* by module and offset */
    struct hash claims;       /* by module and function of INTO: its place */
    struct hash sources_index;
    struct hash anywhere; /* by file, line and name: the first source */

    /* About the profile that is being added. */
    size_t before;        /* INTO's functions before it */
    const char **paths;   /* its modules', sorted; NULL until they are needed */
    unsigned char *taken; /* by function of INTO: it was matched by its name alone; NULL as PATHS is */
};

/* Prepares for a profile: all calls of merge_functions_find() until the next call are about that one. */
void merge_functions_begin(struct merge_functions *functions);

/* Finds or adds the FUNCTION of FROM. Returns its index in INTO, or PROFILE_NONE without memory. */
uint32_t merge_functions_find(struct merge_functions *functions, const struct profile *from,
                              uint32_t function);

/* Frees what FUNCTIONS holds, and zeroes it; a zeroed struct is fine. */
void merge_functions_free(struct merge_functions *functions);

#endif
