/*
 * tree_print.c - a call tree as text. See tree_print.h.
 *
 * The walk keeps what is still to be printed on a stack of its own, for a tree may be deeper than C's.
 */
#include "tree_print.h"

#include <inttypes.h>
#include <stdlib.h>

#include "array.h"
#include "branches.h"
#include "text.h"

/* Going up from a deep recursion, with nothing folded, there are as many paths as levels, and each is as
 * long: who asks for all of them gets this many lines. */
enum { LINES_MAX = 1000000 };

struct step {
    struct tree_node node;
    uint32_t level;  /* 0: a first node */
    uint32_t folded; /* not 0: it stands for so many nodes, and has no row */
    int is_last;     /* of its siblings */
};

struct walk {
    FILE *stream;
    const struct tree_report *report;
    struct step *stack;
    size_t count;
    double total; /* ns */
    struct branches branches;
};

/* The longest first; what is equal, in the order of the table. */
static int compare_nodes(const void *left, const void *right)
{
    const struct tree_node *a = left, *b = right;

    if (a->cumulative != b->cumulative)
        return a->cumulative > b->cumulative ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

static double sum_of(const struct tree_nodes *nodes)
{
    double sum = 0;

    for (size_t i = 0; i < nodes->count; i++)
        sum += nodes->nodes[i].cumulative;
    return sum;
}

/* How many of the sorted nodes are not folded. */
static size_t count_shown(const struct walk *walk, const struct tree_nodes *nodes)
{
    double least = walk->total * walk->report->min_percent / 100;
    size_t shown = 0;

    while (shown < nodes->count && nodes->nodes[shown].cumulative >= least)
        shown++;
    return shown;
}

static struct step fold(const struct tree_nodes *nodes, size_t shown, uint32_t level)
{
    struct step step = {.level = level, .folded = (uint32_t)(nodes->count - shown), .is_last = 1};

    for (size_t i = shown; i < nodes->count; i++) {
        step.node.calls += nodes->nodes[i].calls;
        step.node.self += nodes->nodes[i].self;
        step.node.cumulative += nodes->nodes[i].cumulative;
    }
    return step;
}

static int push(struct walk *walk, const struct step *step)
{
    struct step *added = ARRAY_APPEND(walk->stack, walk->count);

    if (added == NULL)
        return -1;
    *added = *step;
    return 0;
}

/* Puts the nodes on the stack, the first to be printed on top. */
static int push_nodes(struct walk *walk, const struct tree_nodes *nodes, uint32_t level)
{
    size_t shown = count_shown(walk, nodes);
    int failed = 0;

    if (shown < nodes->count) {
        struct step step = fold(nodes, shown, level);
        failed = push(walk, &step);
    }
    for (size_t i = shown; i-- > 0 && !failed;) {
        struct step step = {.node = nodes->nodes[i], .level = level, .is_last = i + 1 == nodes->count};
        failed = push(walk, &step);
    }
    return failed;
}

/* Puts what is below NODE on the stack; the first nodes if it is NULL. */
static int descend(struct walk *walk, const struct tree_node *node, uint32_t level)
{
    struct tree_nodes nodes = {0};
    int failed = walk->report->expand(walk->report->tree, node, &nodes);

    if (!failed && node == NULL)
        walk->total = sum_of(&nodes);
    if (!failed && nodes.count > 0) {
        qsort(nodes.nodes, nodes.count, sizeof *nodes.nodes, compare_nodes);
        failed = push_nodes(walk, &nodes, level);
    }
    free(nodes.nodes);
    return failed;
}

static void print_time(const struct walk *walk, double ns)
{
    char text[REPORT_TIME_MAX];

    report_time(text, ns, walk->report->unit);
    fprintf(walk->stream, " %8s %6.1f%%", text, walk->total > 0 ? ns / walk->total * 100 : 0);
}

static void print_step(struct walk *walk, const struct step *step)
{
    fprintf(walk->stream, "%9" PRIu64, step->node.calls);
    print_time(walk, step->node.self);
    print_time(walk, step->node.cumulative);
    fputs("  ", walk->stream);
    branches_draw(walk->stream, &walk->branches, step->level, step->is_last);
    if (step->folded > 0)
        fprintf(walk->stream, "(%" PRIu32 " more below %g%%)", step->folded, walk->report->min_percent);
    else
        text_print(walk->stream, step->node.row->text);
    fputs(step->node.is_recursive ? " (recursive)\n" : "\n", walk->stream);
}

int tree_print(FILE *stream, const struct tree_report *report, struct message *message)
{
    const int64_t limit = report->limit >= 0 && report->limit < LINES_MAX ? report->limit : LINES_MAX;
    struct walk walk = {.stream = stream, .report = report, .branches.utf8 = report->utf8};
    int failed = descend(&walk, NULL, 0);

    fputs("   ncalls  tottime       %  cumtime       %  filename:lineno(function)\n", stream);
    for (int64_t lines = 0; !failed && walk.count > 0 && lines < limit; lines++) {
        struct step step = walk.stack[--walk.count];
        print_step(&walk, &step);
        if (step.folded == 0)
            failed = descend(&walk, &step.node, step.level + 1);
    }
    if (walk.count > 0 && limit == LINES_MAX)
        fprintf(stream, "   (cut off after %d lines)\n", LINES_MAX);
    fputs("\n\n", stream);
    free(walk.stack);
    return failed ? message_set(message, "not enough memory for the call tree") : 0;
}
