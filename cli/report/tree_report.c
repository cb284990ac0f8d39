/*
 * tree_report.c - prints the report of `stats --tree`. See tree_report.h.
 */
#include "cli/report/tree_report.h"

#include <string.h>

#include "cli/analysis/tree.h"
#include "cli/report/head.h"
#include "cli/report/tree_print.h"
#include "cli/table/restrict.h"
#include "cli/ui/option_values.h"

int tree_settings_take(struct tree_settings *settings, const char *text, struct message *message)
{
    if (settings->upwards && settings->function == NULL) {
        settings->function = text;
        return 0;
    }
    settings->wanted = 1;
    settings->upwards = text != NULL && strcmp(text, "callers") == 0;
    settings->function = NULL;
    if (text != NULL && !settings->upwards && strcmp(text, "callees") != 0)
        return option_refuse_choice("direction", text, TREE_DIRECTIONS, message);
    return settings->upwards;
}

/* Moves the functions called NAME to the front of LIST. Returns their number. */
static size_t keep_named(struct table_list *list, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->rows[i]->name, name) == 0)
            list->rows[kept++] = list->rows[i];
    return kept;
}

static int keep_matching(struct table_list *list, const char *text, struct message *message)
{
    struct restrictions restrictions = {0};
    int result = restrict_add(&restrictions, text, message);

    if (result == 0)
        result = restrict_apply(&restrictions, list, message);
    restrict_free(&restrictions);
    return result;
}

/* Shortens LIST to the functions that the user means by FUNCTION: its name, or else a regular expression. */
static int keep_meant(struct table_list *list, const char *function, struct message *message)
{
    size_t named = keep_named(list, function);

    if (named > 0)
        list->count = named;
    else if (keep_matching(list, function, message) != 0)
        return -1;
    if (list->count == 0)
        return message_set(message, "no function is called '%s' or matches it", function);
    return 0;
}

/* Makes the tree begin with the functions that the user means by FUNCTION. */
static int choose(struct tree *tree, const struct table *table, const char *function, struct message *message)
{
    struct table_list list = {0};
    int result = -1;

    if (table_list(table, &list, message) == 0 && keep_meant(&list, function, message) == 0)
        result = tree_choose(tree, &list, message);
    table_list_free(&list);
    return result;
}

/* Sets where the tree begins, and fills LIST with the functions that it must lead to. */
static int prepare(struct tree *tree, const struct tree_settings *settings, const struct view *view,
                   const struct table *table, struct table_list *list, struct message *message)
{
    if (settings->upwards && choose(tree, table, settings->function, message) != 0)
        return -1;
    if (view->restrictions.count == 0)
        return 0;
    if (view_choose(view, table, list, message) != 0)
        return -1;
    return tree_keep(tree, list, settings->upwards, message);
}

static void print_head(FILE *stream, const struct tree_settings *settings, const struct view *view,
                       const struct table *table, const struct table_list *list)
{
    const struct report head = {.table = table,
                                .titles = view->titles,
                                .title_count = view->title_count,
                                .unit = view->unit,
                                .runs = view->runs,
                                .width = view->width};
    char order[SORT_LABEL_MAX] = "cumulative time";

    if (view->order.count > 0)
        sort_label(&view->order, order);
    report_print_head(stream, &head);
    fprintf(stream, "   %s, by %s\n%s\n",
            settings->upwards ? "Callers, below what they called" : "Calling contexts", order,
            list->reductions != NULL ? list->reductions : "");
}

static int print_tree(FILE *stream, struct tree *tree, const struct tree_settings *settings,
                      const struct view *view, const struct table_list *list, struct message *message)
{
    int is_csv = view->kind == VIEW_CSV, is_whole = !is_csv && view->restrictions.count == 0;
    double min_percent = settings->min_percent >= 0 ? settings->min_percent : is_whole;
    const struct tree_walk walk = {.tree = tree,
                                   .upwards = settings->upwards,
                                   .order = &view->order,
                                   .reverse = view->reverse,
                                   .min_percent = min_percent,
                                   .limit = settings->limit};

    if (is_csv)
        return tree_print_csv(stream, &walk, message);
    print_head(stream, settings, view, tree->table, list);
    return tree_print(stream, &walk, view->unit, view->width, message);
}

int tree_report_print(FILE *stream, const struct tree_settings *settings, const struct view *view,
                      const struct table *table, const struct profile *profile, const uint32_t *row_of,
                      struct message *message)
{
    struct tree tree;
    struct table_list list = {0};
    int result = -1;

    if (tree_open(&tree, profile, table, row_of, message) == 0 &&
        prepare(&tree, settings, view, table, &list, message) == 0)
        result = print_tree(stream, &tree, settings, view, &list, message);
    table_list_free(&list);
    tree_close(&tree);
    return result;
}
