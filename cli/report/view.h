/*
 * view.h - prints a table as the user wants it: order -> restrictions -> report, callers, callees or CSV.
 */
#ifndef CLI_REPORT_VIEW_H
#define CLI_REPORT_VIEW_H

#include <stdint.h>
#include <stdio.h>

#include "cli/base/message.h"
#include "cli/report/figures.h"
#include "cli/report/head.h"
#include "cli/table/restrict.h"
#include "cli/table/rows.h"
#include "cli/table/sort.h"

enum view_kind { VIEW_STATS, VIEW_CALLERS, VIEW_CALLEES, VIEW_CSV };

struct view {
    enum view_kind kind;
    struct sort_order order;
    int reverse; /* turns the order around; without effect if there is none */
    struct restrictions restrictions;
    enum report_unit unit;
    int width, colour, unwound, errors; /* as in struct report */
    enum report_percent percent;        /* as in struct report */
    const struct runs *runs;            /* as in struct report */
    struct sort_order edge_order;       /* as in struct calls_report */
    int64_t edge_limit;
    const char *const *titles; /* of the files, for VIEW_STATS: as in struct report */
    size_t title_count;
};

/* Returns 1 if VIEW needs the edges of a table. */
int view_needs_edges(const struct view *view);

/* Orders LIST. */
void view_sort(const struct view *view, struct table_list *list);

/* Orders and shortens LIST. Returns 0, or -1 and fills MESSAGE. */
int view_arrange(const struct view *view, struct table_list *list, struct message *message);

/* Fills LIST with the rows that VIEW chooses, in its order. The caller frees it with table_list_free(), also
 * on failure. Returns 0, or -1 and fills MESSAGE. */
int view_choose(const struct view *view, const struct table *table, struct table_list *list,
                struct message *message);

/* Prints the view of the finished TABLE. Returns 0, or -1 and fills MESSAGE. Write errors are left in the
 * stream's error flag. */
int view_print(FILE *stream, const struct view *view, const struct table *table, struct message *message);

#endif
