/*
 * match.h - which row of one table is which of another, across files, builds and edits.
 *
 * Rows are the same function if file, line, function and module agree. A loose match then takes from what is
 * left those whose file and function agree, for lines move; then those whose file has the same base name, for
 * trees are moved and copied too. Of several that are alike, the first is matched with the first.
 */
#ifndef CLI_TABLE_MATCH_H
#define CLI_TABLE_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "cli/table/rows.h"

#define MATCH_NONE UINT32_MAX

enum match_kind { MATCH_EXACT, MATCH_LOOSE };

struct match_rows {
    const struct table_row **rows; /* each has its function's name, file and module */
    size_t count;
};

/* Puts into MATCHES, which has room for the rows of A, the index in B of the same function, or MATCH_NONE. No
 * row of B is matched twice. -1 without memory. */
int match_rows(const struct match_rows *a, const struct match_rows *b, enum match_kind kind,
               uint32_t *matches);

#endif
