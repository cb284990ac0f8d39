/*
 * elsewhere.h - finds the row of a function that another profile recorded in another module: the program was
 * built elsewhere, or under another name. For add.c alone.
 *
 * A row is given to one function, and only if the row's module is not in the profile. So functions that
 * differ within one profile never share a row.
 */
#ifndef CLI_TABLE_ELSEWHERE_H
#define CLI_TABLE_ELSEWHERE_H

#include "cli/base/hash.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

/* Ready for use when the first three are set and the others are zeroed. */
struct elsewhere {
    struct table *table;
    const struct profile *profile; /* that is being added */
    size_t before;                 /* rows of the table before PROFILE was added */
    const char **modules; /* paths of PROFILE's modules, interned, sorted by address; NULL until needed */
    struct hash rows;     /* the first row of each file, line and function */
    unsigned char *taken; /* by row: a function has it */
};

/* Sets *FOUND to the row for the function that ROW describes, or to HASH_NONE. The function must have no row
 * by its own module. Returns 0, or -1 without memory. */
int elsewhere_find(struct elsewhere *elsewhere, const struct table_row *row, uint32_t *found);

/* Frees what ELSEWHERE holds. */
void elsewhere_free(struct elsewhere *elsewhere);

#endif
