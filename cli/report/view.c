/*
 * view.c - prints a table as the user wants it. See view.h.
 */
#include "cli/report/view.h"

#include "cli/report/calls.h"
#include "cli/report/csv.h"
#include "cli/report/text_table.h"

int view_needs_edges(const struct view *view)
{
    return view->kind == VIEW_CALLERS || view->kind == VIEW_CALLEES;
}

void view_sort(const struct view *view, struct table_list *list)
{
    if (view->order.count > 0)
        sort_apply(&view->order, view->reverse, list);
}

int view_arrange(const struct view *view, struct table_list *list, struct message *message)
{
    view_sort(view, list);
    return restrict_apply(&view->restrictions, list, message);
}

int view_choose(const struct view *view, const struct table *table, struct table_list *list,
                struct message *message)
{
    return table_list(table, list, message) == 0 ? view_arrange(view, list, message) : -1;
}

static void print_stats(FILE *stream, const struct view *view, const struct table *table,
                        const struct table_list *list, const char *order)
{
    const struct report report = {.table = table,
                                  .list = list,
                                  .order = order,
                                  .titles = view->titles,
                                  .title_count = view->title_count,
                                  .unit = view->unit,
                                  .runs = view->runs,
                                  .width = view->width,
                                  .percent = view->percent,
                                  .colour = view->colour,
                                  .unwound = view->unwound,
                                  .errors = view->errors};

    report_print(stream, &report);
}

static int print_calls(FILE *stream, const struct view *view, const struct table *table,
                       const struct table_list *list, const char *order)
{
    const struct calls_report report = {.table = table,
                                        .list = list,
                                        .order = order,
                                        .unit = view->unit,
                                        .direction =
                                            view->kind == VIEW_CALLERS ? TABLE_CALLERS : TABLE_CALLEES,
                                        .edge_order = view->edge_order,
                                        .edge_limit = view->edge_limit};

    return calls_report_print(stream, &report);
}

static int print_list(FILE *stream, const struct view *view, const struct table *table,
                      const struct table_list *list, struct message *message)
{
    char order[SORT_LABEL_MAX];

    sort_label(&view->order, order);
    switch (view->kind) {
    case VIEW_CSV:
        csv_print(stream, table, list, view->unwound, view->errors);
        return 0;
    case VIEW_STATS:
        print_stats(stream, view, table, list, order);
        return 0;
    case VIEW_CALLERS:
    case VIEW_CALLEES:
        break;
    }
    return print_calls(stream, view, table, list, order) == 0 ? 0 : message_no_memory(message);
}

int view_print(FILE *stream, const struct view *view, const struct table *table, struct message *message)
{
    struct table_list list = {0};
    int result = view_choose(view, table, &list, message);

    if (result == 0)
        result = print_list(stream, view, table, &list, message);
    table_list_free(&list);
    return result;
}
