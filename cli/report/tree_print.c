/*
 * tree_print.c - prints a call tree. See tree_print.h.
 */
#include "cli/report/tree_print.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/report/csv.h"
#include "cli/report/fit.h"
#include "cli/ui/branches.h"

#define RECURSIVE " (recursive)"

enum { FIGURES_COLUMNS = 45 }; /* in front of the branches */

struct printer {
    FILE *stream;
    const struct tree_walk *walk;
    enum report_unit unit;
    int width;
    struct branches branches;
};

static void print_time(const struct printer *printer, double ns, double variance)
{
    double total = printer->walk->tree->total;
    char text[REPORT_TIME_MAX];

    report_figure(text, printer->walk->tree->table, ns, sqrt(variance), 1, printer->unit);
    fprintf(printer->stream, " %8s %6.1f%%", text, total > 0 && ns > 0 ? ns / total * 100 : 0);
}

static void print_step(void *target, const struct tree_step *step)
{
    struct printer *printer = target;
    FILE *stream = printer->stream;

    fprintf(stream, "%9" PRIu64, step->node.calls);
    print_time(printer, step->node.self, step->node.variance);
    print_time(printer, step->node.cumulative, step->node.cumvariance);
    fputs("  ", stream);
    branches_draw(stream, &printer->branches, step->level, step->is_last);
    if (step->folded > 0)
        fprintf(stream, "(%" PRIu32 " more below %g%%)", step->folded, printer->walk->min_percent);
    else
        fit_print_function(stream, step->node.row, printer->width,
                           FIGURES_COLUMNS + branches_width(step->level) +
                               (step->node.is_recursive ? strlen(RECURSIVE) : 0));
    fprintf(stream, "%s\n", step->node.is_recursive ? RECURSIVE : "");
}

int tree_print(FILE *stream, const struct tree_walk *walk, enum report_unit unit, int width,
               struct message *message)
{
    struct printer printer = {.stream = stream,
                              .walk = walk,
                              .unit = unit,
                              .width = width,
                              .branches.utf8 = branches_locale_is_utf8()};

    fputs("   ncalls  tottime       %  cumtime       %  filename:lineno(function)\n", stream);
    enum tree_walk_end end = tree_walk(walk, print_step, &printer);
    if (end == TREE_WALK_CUT_OFF)
        fprintf(stream, "   (cut off after %d lines)\n", TREE_STEPS_MAX);
    fputs("\n\n", stream);
    return end != TREE_WALK_FAILED ? 0 : message_no_memory(message);
}

static void print_values(void *target, const struct tree_step *step)
{
    const struct printer *printer = target;
    FILE *stream = printer->stream;

    if (step->folded > 0)
        return;
    fprintf(stream, "%" PRIu32 ",%" PRIu64 ",%.0f,%.0f,%d,", step->level, step->node.calls,
            fmax(step->node.self, 0), fmax(step->node.cumulative, 0), step->node.is_recursive);
    csv_print_function(stream, step->node.row);
    fputc('\n', stream);
}

int tree_print_csv(FILE *stream, const struct tree_walk *walk, struct message *message)
{
    struct printer printer = {.stream = stream, .walk = walk};

    const char *unit = csv_unit(walk->tree->table->counts);

    fprintf(stream, "level,ncalls,tottime%s,cumtime%s,recursive,file,line,function,module\n", unit, unit);
    enum tree_walk_end end = tree_walk(walk, print_values, &printer);
    if (end == TREE_WALK_FAILED)
        return message_no_memory(message);
    if (end == TREE_WALK_CUT_OFF)
        return message_set(message, "more than %d lines of callers: see -n and --min-percent",
                           TREE_STEPS_MAX);
    return 0;
}
