/*
 * stats.c - the command `stats`: prints reports of profiles.
 *
 * options -> files -> table -> view -> standard output
 * options -> files -> merged profile -> tree -> standard output, for reports of calling contexts
 * options -> files -> table and contexts -> exporter -> file, for other programs
 *
 * The exit status is 0, 1 for a failure, or 2 for wrong usage.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/analysis/check.h"
#include "cli/analysis/diff.h"
#include "cli/analysis/parts.h"
#include "cli/analysis/spread.h"
#include "cli/analysis/suggest.h"
#include "cli/base/bytes.h"
#include "cli/base/streams.h"
#include "cli/browser/browser.h"
#include "cli/commands/stats_options.h"
#include "cli/export/export.h"
#include "cli/files/inputs.h"
#include "cli/report/diff_print.h"
#include "cli/report/head.h"
#include "cli/report/notes.h"
#include "cli/report/parts_print.h"
#include "cli/report/spread_print.h"
#include "cli/report/suggest_print.h"
#include "cli/report/tree_report.h"
#include "cli/report/view.h"
#include "cli/table/rows.h"
#include "cli/ui/options.h"
#include "cli/ui/pager.h"

enum { EXIT_USAGE = 2 };

/* Reverses all PATHS but the first: pstats.Stats(a, b, c) adds c before b, and the order of the titles and
 * the last digits of sums depend on that. */
static void order_as_pstats(char **paths, size_t count)
{
    for (size_t i = 1, j = count - 1; i < j; i++, j--) {
        char *path = paths[i];
        paths[i] = paths[j];
        paths[j] = path;
    }
}

static int print_spread(FILE *stream, const struct stats_settings *settings, const struct inputs *inputs,
                        struct report report, struct message *message)
{
    struct table_list list = {0};
    char order[SORT_LABEL_MAX];
    int result = -1;

    sort_label(&settings->view.order, order);
    report.list = &list;
    report.order = order;
    if (spread_list(&inputs->spread, &list, message) == 0 &&
        view_arrange(&settings->view, &list, message) == 0) {
        if (settings->view.kind == VIEW_CSV)
            spread_print_csv(stream, &inputs->spread, &list);
        else
            spread_print(stream, &inputs->spread, &report);
        result = 0;
    }
    table_list_free(&list);
    return result;
}

/* Orders the rows of a diff, and leaves those that the user wants. */
static int arrange_diff(const struct view *view, struct table_list *list, struct message *message)
{
    view_sort(view, list);
    return diff_put_changed_first(list, message) == 0 ? restrict_apply(&view->restrictions, list, message)
                                                      : -1;
}

static int print_diff(FILE *stream, const struct stats_settings *settings, const struct inputs *inputs,
                      struct report report, struct message *message)
{
    struct table_list list = {0};
    struct diff diff = {0};
    char order[SORT_LABEL_MAX];
    int result = -1;

    sort_label(&settings->view.order, order);
    report.list = &list;
    report.order = order;
    report.colour = settings->view.colour;
    if (diff_open(&diff, &inputs->before, &inputs->table, message) == 0 &&
        diff_list(&diff, &list, message) == 0 && arrange_diff(&settings->view, &list, message) == 0) {
        if (settings->view.kind == VIEW_CSV)
            diff_print_csv(stream, &diff, &list);
        else
            diff_print(stream, &diff, &report);
        result = 0;
    }
    table_list_free(&list);
    diff_close(&diff);
    return result;
}

static void print_parts(FILE *stream, const struct stats_settings *settings, const struct inputs *inputs,
                        const struct report *head)
{
    struct parts_report report = {.parts = &inputs->parts,
                                  .kind = settings->by == BY_THREAD ? PARTS_THREADS : PARTS_PROCESSES,
                                  .unit = settings->view.unit,
                                  .limit = settings->rows.limit,
                                  .width = settings->view.width,
                                  .unwound = settings->view.unwound};

    if (settings->view.kind == VIEW_CSV) {
        parts_print_csv(stream, &report);
    } else {
        report_print_head(stream, head);
        fputc('\n', stream);
        parts_print(stream, &report);
    }
}

static int print_suggestions(FILE *stream, const struct stats_settings *settings, const struct table *table,
                             struct message *message)
{
    struct compiler compiler;
    struct suggestions suggestions;

    if (compiler_find(&compiler, settings->compiler, message) != 0)
        return -1;
    int result = suggest_make(&suggestions, table, compiler.kind, settings->rows.limit, message);
    if (result == 0 && suggest_print(stream, &suggestions, compiler.kind) != 0)
        result = message_no_memory(message);
    suggest_free(&suggestions);
    return result;
}

/* Prints the times that contradict each other. Returns 0 if there are none, else -1 and fills MESSAGE. */
static int print_check(FILE *stream, const struct inputs *inputs, struct message *message)
{
    struct strings faults = {0};
    int result = check_times(&faults, &inputs->table, &inputs->merge.profile, message);

    for (size_t i = 0; i < faults.count; i++)
        fprintf(stream, "%s\n", faults.items[i]);
    if (result == 0 && faults.count > 0)
        result = message_set(message, "%s%zu times contradict others",
                             faults.count >= CHECK_MOST ? "at least " : "", faults.count);
    strings_free(&faults);
    return result;
}

static int print_to(FILE *stream, const struct stats_settings *settings, const struct inputs *inputs,
                    struct message *message)
{
    const struct report head = {.table = &inputs->table,
                                .titles = settings->view.titles,
                                .title_count = settings->view.title_count,
                                .unit = settings->view.unit,
                                .runs = settings->view.runs,
                                .width = settings->view.width};

    if (settings->suggests)
        return print_suggestions(stream, settings, &inputs->table, message);
    if (settings->tree.wanted)
        return tree_report_print(stream, &settings->tree, &settings->view, &inputs->table,
                                 &inputs->merge.profile, inputs->row_of, message);
    if (settings->request.before != NULL)
        return print_diff(stream, settings, inputs, head, message);
    if (settings->by == BY_FILE)
        return print_spread(stream, settings, inputs, head, message);
    if (settings->by == BY_FUNCTION)
        return view_print(stream, &settings->view, &inputs->table, message);
    print_parts(stream, settings, inputs, &head);
    return 0;
}

/* The longest report, in bytes. It is kept in memory. A small file could have a longer one: a long name that
 * calls many functions is printed once for each. */
enum { REPORT_BYTES_MAX = 1 << 30 };

static ssize_t keep_text(void *cookie, const char *bytes, size_t size)
{
    struct byte_writer *text = cookie;

    if (size > REPORT_BYTES_MAX - text->size)
        return 0;
    bytes_write(text, bytes, size);
    return text->failed ? 0 : (ssize_t)size;
}

/* Prints the report, or nothing if it cannot be made. Returns 0, or -1 and fills MESSAGE. */
static int print_report(const struct stats_settings *settings, const struct inputs *inputs,
                        struct message *message)
{
    struct byte_writer text = {0};
    FILE *stream = fopencookie(&text, "w", (cookie_io_functions_t){.write = keep_text});
    int result = stream == NULL ? message_no_memory(message) : print_to(stream, settings, inputs, message);

    if (stream != NULL) {
        int failed = ferror(stream);
        if ((fclose(stream) != 0 || failed) && result == 0)
            result = message_no_memory(message);
    }
    if (result == 0)
        result = pager_print(text.size > 0 ? (const char *)text.bytes : "", text.size, settings->use_pager,
                             message);
    free(text.bytes);
    return result;
}

static int export(const struct stats_settings *settings, const struct inputs *inputs, char *const *paths,
                  struct message *message)
{
    struct strings selection = {0};
    int result =
        stats_options_selection(settings, &selection) != 0
            ? message_no_memory(message)
            : export_write(&settings->export, inputs, &settings->view, paths, &selection, stderr, message);

    strings_free(&selection);
    return result;
}

/* PATHS are those of the files. */
static int print_or_export(const struct stats_settings *settings, const struct inputs *inputs,
                           char *const *paths, struct message *message)
{
    if (settings->checks) /* it prints although it fails */
        return print_check(stdout, inputs, message);
    notes_print(&inputs->notes, STATS_COMMAND.name, stderr);
    if (settings->export.exporter != NULL)
        return export(settings, inputs, paths, message);
    return print_report(settings, inputs, message);
}

/* Reads the files, and prints or writes what SETTINGS ask for. Returns 0, or -1 and fills MESSAGE. */
static int run(struct stats_settings *settings, char **paths, size_t count, struct message *message)
{
    struct inputs inputs = {0};
    int result;

    if (settings->is_interactive)
        return browser_run(paths, count, message);
    if (settings->export.exporter != NULL && export_check(&settings->export, message) != 0)
        return -1;
    if (settings->as_pstats)
        order_as_pstats(paths, count);
    result = inputs_read(&inputs, &settings->request, paths, count, message);
    settings->view.titles = (const char *const *)inputs.titles;
    settings->view.title_count = inputs.count;
    settings->view.runs = &inputs.runs;
    if (result == 0)
        result = print_or_export(settings, &inputs, paths, message);
    settings->view.runs = NULL;
    inputs_free(&inputs);
    return result;
}

/* Prints the help, the version or a completion. Returns 0, or -1 and fills MESSAGE. */
static int print_about(enum options_result what, struct message *message)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    if (stream == NULL)
        return message_no_memory(message);
    options_print(&STATS_COMMAND, what, stream);
    int failed = ferror(stream);
    int result =
        fclose(stream) != 0 || failed ? message_no_memory(message) : pager_print(text, length, 0, message);
    free(text);
    return result;
}

/* Ends the process at SIGBUS: a file that is mapped (cli/base/file.h) has become shorter. */
static void say_cut_short(int signal)
{
    static const char text[] = "stats: a file became shorter while it was read\n";

    (void)signal;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    struct stats_settings settings;
    struct message message = {""};
    enum options_result parsed;
    int first, status = EXIT_SUCCESS;

    streams_open();
    signal(SIGBUS, say_cut_short);
    parsed = stats_options_parse(&settings, argc, argv, &first, &message);
    if (parsed == OPTIONS_ERROR)
        status = EXIT_USAGE;
    else if (parsed != OPTIONS_RUN)
        status = print_about(parsed, &message) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    else if (run(&settings, argv + first, (size_t)(argc - first), &message) != 0)
        status = EXIT_FAILURE;
    if (status != EXIT_SUCCESS)
        fprintf(stderr, "%s: %s\n", STATS_COMMAND.name, message.text);
    stats_options_free(&settings);
    return status;
}
