/*
 * add.h - adds a profile to a table.
 */
#ifndef CLI_TABLE_ADD_H
#define CLI_TABLE_ADD_H

#include <stdint.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/model/threads.h"
#include "cli/table/rows.h"

/* Adds a profile's figures. PROFILE may be freed afterwards. Returns 0, or -1 and fills MESSAGE: TABLE can
 * then only be freed. */
int table_add(struct table *table, const struct profile *profile, struct message *message);

/*
 * Adds a profile as table_add() does, and puts the number of each function's row into ROWS. ROWS has room for
 * all functions of the profile and lives until table_finish(), which turns the numbers into indexes of
 * table->rows. A function without a context gets HASH_NONE. The row of a function that was never called lies
 * beyond row_count. Allowed once for a table, which has no edges and is finished without TABLE_KEEP_ORDER.
 */
int table_track(struct table *table, const struct profile *profile, uint32_t *rows, struct message *message);

/* Sums up the records of PROFILE as table_add() does where each function has a row of its own. Fills the
 * zeroed TOTALS and FIGURES, which have room for all functions. Returns 0, or -1 without memory. */
int table_sum(const struct profile *profile, struct profile_figures *figures, struct profile_totals *totals);

#endif
