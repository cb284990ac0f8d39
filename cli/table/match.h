/*
 * match.h - finds the row of a function in another table, across files, builds and edits.
 *
 * An exact match wants equal file, line and function; rows of one module path go first. A loose match goes on
 * with the rows that are left. It first takes rows of equal file and function, because lines move. Then it
 * takes rows of equal function whose files have one base name, because trees are moved and copied. If several
 * rows are alike, the first is matched with the first.
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

/* Fills MATCHES, for each row of A, with the index in B of the row that matches, or MATCH_NONE. No row of B
 * is matched twice. Returns 0, or -1 without memory. */
int match_rows(const struct match_rows *a, const struct match_rows *b, enum match_kind kind,
               uint32_t *matches);

#endif
