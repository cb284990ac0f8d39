/*
 * view.h - what of a table is printed, and how: order -> restrictions -> report, callers, callees or CSV.
 */
#ifndef CLI_REPORT_VIEW_H
#define CLI_REPORT_VIEW_H

#include <stdint.h>
#include <stdio.h>

#include "cli/base/message.h"
#include "cli/report/text_table.h"
#include "cli/table/restrict.h"
#include "cli/table/rows.h"
#include "cli/table/sort.h"

enum view_kind { VIEW_STATS, VIEW_CALLERS, VIEW_CALLEES, VIEW_CSV };

struct view {
    enum view_kind kind;
    struct sort_order order;
    int reverse; /* nothing, where there is no order */
    struct restrictions restrictions;
    enum report_unit unit;
    int percent, colour, unwound, errors; /* as in struct report */
    struct sort_order edge_order;         /* as in struct calls_report */
    int64_t edge_limit;
    const char *const *titles; /* of the files, for VIEW_STATS */
    size_t title_count;
};

/* Does the view need the table's edges? */
int view_needs_edges(const struct view *view);

/* Orders and shortens LIST. */
int view_arrange(const struct view *view, struct table_list *list, struct message *message);

/* The chosen rows in the chosen order, to be freed by table_list_free(). */
int view_choose(const struct view *view, const struct table *table, struct table_list *list,
                struct message *message);

/* Prints the view of the finished TABLE. -1 with a message; write errors are left in the stream's error flag.
 */
int view_print(FILE *stream, const struct view *view, const struct table *table, struct message *message);

#endif
