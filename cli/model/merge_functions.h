/*
 * merge_functions.h - which function of one profile is which of another. For merge.c alone.
 *
 * Functions are the same if they lie at the same offset of the same build of a module. Where builds differ,
 * they are the same if the path of the module, source file, line and linkage name agree; or all but the path,
 * if the profile that is added has no module of that path: the program was built elsewhere, or under another
 * name. What one build has
 * several times (a static function of a header) is matched in order, so that two functions of one profile
 * never become one: a path through the merged tree still names no function twice.
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
    struct merge_place *places; /* every offset of every build that was met */
    size_t place_count;
    struct merge_source *sources; /* what each function of INTO is called */
    size_t source_count;
    struct hash modules;      /* by build: index in INTO */
    struct hash places_index; /* by module and offset */
    struct hash claims;       /* by module and function of INTO: its place */
    struct hash sources_index;
    struct hash anywhere; /* by file, line and name: the first source */

    /* Of the profile that is being added. */
    size_t before;        /* INTO's functions before it */
    const char **paths;   /* its modules', sorted; NULL until they are needed */
    unsigned char *taken; /* by function of INTO, with PATHS: was found by its name alone */
};

/* Another profile is added: merge_functions_find() is asked about that one alone until the next call. */
void merge_functions_begin(struct merge_functions *functions);

/* The index in INTO of the function that FROM has as FUNCTION; it is added if need be. PROFILE_NONE without
 * memory. */
uint32_t merge_functions_find(struct merge_functions *functions, const struct profile *from,
                              uint32_t function);

void merge_functions_free(struct merge_functions *functions);

#endif
