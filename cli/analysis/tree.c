/*
 * tree.c - the calling contexts of a profile as a tree. See tree.h.
 */
#include "cli/analysis/tree.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/count.h"
#include "cli/model/inclusive.h"
#include "cli/model/nested.h"

/* A context of a chosen function, and the ancestor that the walk up from it has reached. */
struct tree_item {
    uint32_t record, ancestor;
    uint32_t row; /* of ANCESTOR; HASH_NONE at the start of the thread */
    double share; /* ns of the function with its callees that no other item has */
};

/* Returns HASH_NONE for the root. */
static uint32_t row_of(const struct tree *tree, uint32_t record)
{
    uint32_t function = tree->profile->records[record].function;

    return function == PROFILE_NONE ? HASH_NONE : tree->row_of[function];
}

static double self_time(const struct tree *tree, uint32_t record)
{
    return (double)profile_self(&tree->profile->records[record]) * tree->tick;
}

/* Returns TICKS squared in ns squared. */
static double variance_of(const struct tree *tree, double ticks)
{
    return ticks * tree->tick * tree->tick;
}

/* Sums up in one pass from the end, because parents stand before their children. */
static void sum_up(struct tree *tree)
{
    const struct profile *profile = tree->profile;

    for (uint32_t i = 1; i < profile->record_count; i++)
        tree->cumulative[i] = self_time(tree, i);
    for (size_t i = profile->record_count; i-- > 1;)
        tree->cumulative[profile->records[i].parent] += tree->cumulative[i];
}

/* Sorts the records by parent, by counting. */
static void order_by_parent(struct tree *tree)
{
    const struct profile *profile = tree->profile;
    size_t count = profile->record_count;

    for (size_t i = 1; i < count; i++)
        tree->starts[profile->records[i].parent + 1]++;
    for (size_t i = 0; i < count; i++)
        tree->starts[i + 1] += tree->starts[i];
    for (size_t i = count; i-- > 1;)
        tree->order[--tree->starts[profile->records[i].parent + 1]] = (uint32_t)i;
    /* The children of I have counted starts[i + 1] down to where they begin. */
    memmove(tree->starts, tree->starts + 1, count * sizeof *tree->starts);
    tree->starts[count] = count > 0 ? (uint32_t)count - 1 : 0;
}

int tree_open(struct tree *tree, const struct profile *profile, const struct table *table,
              const uint32_t *rows, struct message *message)
{
    size_t count = profile->record_count;

    *tree = (struct tree){.profile = profile,
                          .table = table,
                          .rows = table->rows,
                          .row_count = table->row_count,
                          .row_of = rows,
                          .tick = count > 0 ? profile_tick(&profile->processes[0]) : 0,
                          .cumulative = calloc(count + 1, sizeof *tree->cumulative),
                          .starts = calloc(count + 2, sizeof *tree->starts),
                          .order = calloc(count + 1, sizeof *tree->order)};
    if (count > 0)
        tree->variances = inclusive_variances(profile, &profile->threads[0]);
    if (tree->cumulative == NULL || tree->starts == NULL || tree->order == NULL ||
        (count > 0 && tree->variances == NULL))
        return message_no_memory(message);
    sum_up(tree);
    tree->total = count > 0 ? tree->cumulative[0] : 0;
    order_by_parent(tree);
    return 0;
}

static int is_kept(const struct tree *tree, uint32_t record)
{
    return tree->kept == NULL || tree->kept[record];
}

int tree_callees(struct tree *tree, const struct tree_node *node, struct tree_nodes *nodes)
{
    uint32_t parent = node != NULL ? node->first : 0;

    for (uint32_t i = tree->starts[parent]; i < tree->starts[parent + 1]; i++) {
        uint32_t record = tree->order[i];
        const struct profile_record *context = &tree->profile->records[record];
        if ((context->calls == 0 && !(tree->cumulative[record] > 0)) || !is_kept(tree, record))
            continue;
        struct tree_node *added = ARRAY_APPEND(nodes->nodes, nodes->count);
        if (added == NULL)
            return -1;
        *added = (struct tree_node){
            .row = &tree->rows[row_of(tree, record)],
            .calls = context->calls,
            .self = self_time(tree, record),
            .cumulative = tree->cumulative[record],
            .variance = variance_of(tree, tree->variances[tree->profile->record_count + record]),
            .cumvariance = variance_of(tree, tree->variances[record]),
            .is_recursive = context->target != record,
            .first = record};
    }
    return 0;
}

/* Fills ABOVE, for each context, with the nearest one of its row that it is below, or with PROFILE_NONE.
 * Returns 0, or -1 without memory. */
static int find_nested(const struct tree *tree, uint32_t *above)
{
    const struct profile *profile = tree->profile;
    uint32_t *rows = reallocarray(NULL, profile->record_count + 1, sizeof *rows);
    int result = -1;

    if (rows != NULL) {
        for (uint32_t i = 0; i < profile->record_count; i++)
            rows[i] = row_of(tree, i) < tree->row_count ? row_of(tree, i) : PROFILE_NONE;
        result = profile->thread_count == 0 ? 0
                                            : nested_find(profile->records, &profile->threads[0], rows,
                                                          (uint32_t)tree->row_count, above);
    }
    free(rows);
    return result;
}

/* Divides the time of each function among its contexts. Time below two of them belongs to the inner one, so
 * that no line has it twice. Returns 0, or -1 without memory. */
static int share(const struct tree *tree, double *shares)
{
    const struct profile *profile = tree->profile;
    uint32_t *above = reallocarray(NULL, profile->record_count + 1, sizeof *above);
    int result = above == NULL ? -1 : find_nested(tree, above);

    memcpy(shares, tree->cumulative, profile->record_count * sizeof *shares);
    for (uint32_t i = 1; i < profile->record_count && result == 0; i++)
        if (above[i] != PROFILE_NONE)
            shares[above[i]] -= tree->cumulative[i];
    free(above);
    return result;
}

static int add_item(struct tree *tree, uint32_t record, double nanoseconds)
{
    struct tree_item *added = ARRAY_APPEND(tree->items, tree->item_count);

    if (added == NULL)
        return -1;
    /* Rounding, or a damaged file, can make it negative. */
    *added = (struct tree_item){.record = record,
                                .ancestor = record,
                                .row = row_of(tree, record),
                                .share = nanoseconds > 0 ? nanoseconds : 0};
    tree->total += added->share;
    return 0;
}

/* Sets MARKS[I] if record I is of one of the functions. ROWS, by row, is zeroed. */
static void mark(const struct tree *tree, const struct table_list *functions, unsigned char *rows,
                 unsigned char *marks)
{
    for (size_t i = 0; i < functions->count; i++)
        rows[functions->rows[i] - tree->rows] = 1;
    for (uint32_t i = 1; i < tree->profile->record_count; i++)
        marks[i] = row_of(tree, i) < tree->row_count && rows[row_of(tree, i)];
}

/* Returns the marks of all records, which the caller frees; NULL without memory. */
static unsigned char *mark_records(const struct tree *tree, const struct table_list *functions)
{
    unsigned char *rows = calloc(tree->row_count + 1, 1);
    unsigned char *marks = calloc(tree->profile->record_count + 1, 1);

    if (rows != NULL && marks != NULL) {
        mark(tree, functions, rows, marks);
    } else {
        free(marks);
        marks = NULL;
    }
    free(rows);
    return marks;
}

static int add_items(struct tree *tree, const unsigned char *chosen, double *shares)
{
    if (share(tree, shares) != 0)
        return -1;
    for (uint32_t i = 1; i < tree->profile->record_count; i++)
        if (chosen[i] && add_item(tree, i, shares[i]) != 0)
            return -1;
    return 0;
}

int tree_choose(struct tree *tree, const struct table_list *functions, struct message *message)
{
    double *shares = calloc(tree->profile->record_count + 1, sizeof *shares);
    unsigned char *chosen = mark_records(tree, functions);
    int result = -1;

    tree->total = 0;
    if (shares != NULL && chosen != NULL)
        result = add_items(tree, chosen, shares);
    free(shares);
    free(chosen);
    return result == 0 ? 0 : message_no_memory(message);
}

/* Finds the records that lead to a mark in one pass, because parents stand before their children. */
int tree_keep(struct tree *tree, const struct table_list *functions, int upwards, struct message *message)
{
    const struct profile *profile = tree->profile;
    unsigned char *kept = mark_records(tree, functions);

    if (kept == NULL)
        return message_no_memory(message);
    if (upwards)
        for (size_t i = 1; i < profile->record_count; i++)
            kept[i] |= kept[profile->records[i].parent];
    else
        for (size_t i = profile->record_count; i-- > 1;)
            kept[profile->records[i].parent] |= kept[i];
    free(tree->kept);
    tree->kept = kept;
    return 0;
}

static int compare_items(const void *left, const void *right)
{
    const struct tree_item *a = left, *b = right;

    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->record > b->record) - (a->record < b->record);
}

/* Fills NODE from the run of items that starts at I and has one row. Sets *IS_WANTED if one of them leads to
 * a record that is kept. Returns the end of the run. */
static uint32_t group_run(const struct tree *tree, uint32_t i, uint32_t end, struct tree_node *node,
                          int *is_wanted)
{
    const struct tree_item *items = tree->items;
    uint32_t row = items[i].row;

    *node = (struct tree_node){.row = &tree->rows[row], .first = i};
    node->is_recursive = items[i].ancestor != items[i].record && row == row_of(tree, items[i].record);
    *is_wanted = 0;
    for (; i < end && items[i].row == row; i++) {
        count_add(&node->calls, tree->profile->records[items[i].record].calls);
        node->self += self_time(tree, items[i].record);
        node->cumulative += items[i].share;
        node->variance += variance_of(tree, tree->variances[tree->profile->record_count + items[i].record]);
        node->cumvariance += variance_of(tree, tree->variances[items[i].record]);
        *is_wanted |= is_kept(tree, items[i].ancestor);
    }
    node->end = i;
    return i;
}

/* Appends a node for each run of items that have reached one row. Sorts only the range of one node, so the
 * ranges of nodes that are still to be asked do not change. Returns 0, or -1 without memory. */
static int group_items(struct tree *tree, uint32_t begin, uint32_t end, struct tree_nodes *nodes)
{
    struct tree_item *items = tree->items;
    struct tree_node node, *added;
    int is_wanted;

    if (end > begin)
        qsort(items + begin, end - begin, sizeof *items, compare_items);
    for (uint32_t i = begin; i < end && items[i].row != HASH_NONE;) {
        i = group_run(tree, i, end, &node, &is_wanted);
        if (!is_wanted)
            continue;
        added = ARRAY_APPEND(nodes->nodes, nodes->count);
        if (added == NULL)
            return -1;
        *added = node;
    }
    return 0;
}

int tree_callers(struct tree *tree, const struct tree_node *node, struct tree_nodes *nodes)
{
    uint32_t begin = node != NULL ? node->first : 0;
    uint32_t end = node != NULL ? node->end : (uint32_t)tree->item_count;

    for (uint32_t i = begin; node != NULL && i < end; i++) {
        struct tree_item *item = &tree->items[i];
        item->ancestor = tree->profile->records[item->ancestor].parent;
        item->row = row_of(tree, item->ancestor);
    }
    return group_items(tree, begin, end, nodes);
}

void tree_close(struct tree *tree)
{
    free(tree->cumulative);
    free(tree->variances);
    free(tree->starts);
    free(tree->order);
    free(tree->kept);
    free(tree->items);
    *tree = (struct tree){0};
}
