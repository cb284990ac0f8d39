/*
 * tree_report.c - what `stats --tree` prints. See tree_report.h.
 */
#include "tree_report.h"

#include <string.h>

#include "branches.h"
#include "restrict.h"
#include "tree.h"
#include "tree_print.h"

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
        return message_set(message, "'%s' is no direction; the directions are: %s", text, TREE_DIRECTIONS);
    return settings->upwards;
}

/* Keeps the functions called NAME. Returns how many. */
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

/* The functions that the user means, by name if there are any, else by a regular expression. */
static int choose(struct tree *tree, const struct table *table, const char *function, struct message *message)
{
    struct table_list list = {0};
    int result = table_list(table, &list, message);
    size_t named = result == 0 ? keep_named(&list, function) : 0;

    if (named > 0) {
        list.count = named;
    } else if (result == 0) {
        result = keep_matching(&list, function, message);
    }
    if (result == 0 && list.count == 0)
        result = message_set(message, "no function is called '%s', or has a match for it", function);
    if (result == 0)
        result = tree_choose(tree, &list, message);
    table_list_free(&list);
    return result;
}

int tree_report_print(FILE *stream, const struct tree_settings *settings, const struct report *head,
                      const struct profile *profile, const uint32_t *row_of, struct message *message)
{
    struct tree tree;
    struct tree_report report = {.tree = &tree,
                                 .expand = settings->upwards ? tree_callers : tree_callees,
                                 .unit = head->unit,
                                 .min_percent = settings->min_percent,
                                 .limit = settings->limit,
                                 .utf8 = branches_locale_is_utf8()};
    int result = tree_open(&tree, profile, head->table, row_of, message);

    if (result == 0 && settings->upwards)
        result = choose(&tree, head->table, settings->function, message);
    if (result == 0) {
        report_print_head(stream, head);
        fprintf(stream, "   %s, by cumulative time\n\n",
                settings->upwards ? "Callers, below what they called" : "Calling contexts");
        result = tree_print(stream, &report, message);
    }
    tree_close(&tree);
    return result;
}
