/*
 * elsewhere.h - the rows that a profile's functions have although their module was another one, in
 * another profile: of a program that was built elsewhere, or under another name. For table_add.c alone.
 *
 * A row is given to one function, and only if its module is not in the profile: so what one profile keeps
 * apart stays apart.
 */
#ifndef CLI_TABLE_ELSEWHERE_H
#define CLI_TABLE_ELSEWHERE_H

#include "cli/base/hash.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

/* With the first three set, and the others zeroed, ready for use. */
struct elsewhere {
    struct table *table;
    const struct profile *profile; /* the one that is being added */
    size_t before;                 /* the table's rows before that */
    const char **modules; /* the profile's, interned, sorted by address; NULL until they are needed */
    struct hash rows;     /* the first of each file, line and function */
    unsigned char *taken; /* by row */
};

/* The row for the function that ROW describes, which has none by its own module; HASH_NONE if there is none.
 * -1 without memory. */
int elsewhere_find(struct elsewhere *elsewhere, const struct table_row *row, uint32_t *found);

void elsewhere_free(struct elsewhere *elsewhere);

#endif
