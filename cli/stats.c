/*
 * stats.c - the command `stats`: reports from profiles.
 *
 * options -> files -> table -> order -> restrictions -> report or CSV -> standard output; or, for what needs
 * the calling contexts of all files, options -> files -> merged profile -> tree. Here alone is printed and
 * exited: 0, 1 for a failure, 2 for a wrong use.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "diff.h"
#include "inputs.h"
#include "options.h"
#include "output.h"
#include "pager.h"
#include "parts.h"
#include "report.h"
#include "restrict.h"
#include "sort.h"
#include "table.h"
#include "tree_report.h"
#include "version.h"

enum { EXIT_USAGE = 2 };

/* What the lines of the report are. */
enum by { BY_FUNCTION, BY_THREAD, BY_PROCESS, BY_FILE };

/* Their names, separated by spaces: for help and completion. */
#define BY_NAMES "function thread process file"

struct settings {
    struct sort_order order;
    int reverse;
    struct restrictions restrictions;
    int64_t limit; /* -1: none */
    enum report_unit unit;
    int csv;
    int use_pager;
    int unwound;
    enum by by;
    const char *save; /* a path, or NULL: print */
    struct inputs_request request;
    struct tree_settings tree;
};

static enum options_result take_sort(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    return sort_parse(&settings->order, value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

static enum options_result take_reverse(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->reverse = 1;
    return OPTIONS_RUN;
}

static enum options_result take_limit(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    if (*value == '\0' || value[strspn(value, "0123456789")] != '\0') {
        message_set(message, "'%s' is no number of rows", value);
        return OPTIONS_ERROR;
    }
    settings->limit = strtoll(value, NULL, 10); /* beyond its range, the greatest: no limit */
    return OPTIONS_RUN;
}

static enum options_result take_restrict(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    return restrict_add(&settings->restrictions, value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

static enum options_result take_strip_dirs(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->request.strip_dirs = 1;
    return OPTIONS_RUN;
}

static enum options_result take_unit(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    return report_unit_parse(&settings->unit, value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

static enum options_result take_csv(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->csv = 1;
    return OPTIONS_RUN;
}

static enum options_result take_unwound(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->unwound = 1;
    return OPTIONS_RUN;
}

static enum options_result take_by(void *target, const char *value, struct message *message)
{
    static const char *const names[] = {
        [BY_FUNCTION] = "function", [BY_THREAD] = "thread", [BY_PROCESS] = "process", [BY_FILE] = "file"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], value) == 0) {
            ((struct settings *)target)->by = (enum by)i;
            return OPTIONS_RUN;
        }
    message_set(message, "'%s' is none of: %s", value, BY_NAMES);
    return OPTIONS_ERROR;
}

static enum options_result take_thread(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    return selection_add_thread(&settings->request.selection, value, message) == 0 ? OPTIONS_RUN
                                                                                   : OPTIONS_ERROR;
}

static enum options_result take_process(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    return selection_add_process(&settings->request.selection, value, message) == 0 ? OPTIONS_RUN
                                                                                    : OPTIONS_ERROR;
}

static enum options_result take_tree(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;
    int result = tree_settings_take(&settings->tree, value, message);

    return result < 0 ? OPTIONS_ERROR : result > 0 ? OPTIONS_MORE : OPTIONS_RUN;
}

static enum options_result take_min_percent(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;
    char *end;
    double percent = strtod(value, &end);

    if (end == value || *end != '\0' || !(percent >= 0 && percent <= 100)) {
        message_set(message, "'%s' is no number from 0 to 100", value);
        return OPTIONS_ERROR;
    }
    settings->tree.min_percent = percent;
    return OPTIONS_RUN;
}

static enum options_result take_save(void *target, const char *value, struct message *message)
{
    (void)message;
    ((struct settings *)target)->save = value;
    return OPTIONS_RUN;
}

static enum options_result take_diff(void *target, const char *value, struct message *message)
{
    (void)message;
    ((struct settings *)target)->request.before = value;
    return OPTIONS_RUN;
}

static enum options_result take_no_pager(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->use_pager = 0;
    return OPTIONS_RUN;
}

static const struct option_spec OPTIONS[] = {
    {"sort", 's', "KEY[,KEY...]",
     "order by KEY, then by the next; a unique prefix is enough (default: cumulative):\n" SORT_KEYS,
     SORT_KEYS, take_sort},
    {"reverse", 'r', NULL, "reverse the order", NULL, take_reverse},
    {"limit", 'n', "N", "print the first N rows, after all restrictions", NULL, take_limit},
    {"restrict", 0, "R",
     "keep the first R rows (a whole number), a fraction of the rows (a number from 0 to 1 with a point), or "
     "the rows "
     "whose file:line(function) matches R (a regular expression); may be repeated, each narrows what the one "
     "before "
     "left",
     NULL, take_restrict},
    {"strip-dirs", 0, NULL, "print base names of files, and sum the rows that become the same", NULL,
     take_strip_dirs},
    {"unit", 0, "UNIT",
     "print all times in UNIT: s, ms, us or ns (default: auto, each time with its own unit)", REPORT_UNITS,
     take_unit},
    {"tree", 0, "[=callers FUNCTION]",
     "print the calling contexts as a tree, from the top; or the callers of FUNCTION (a name, or a regular "
     "expression), theirs, and so on",
     TREE_DIRECTIONS, take_tree},
    {"min-percent", 0, "P", "fold the nodes of the tree that took less than P percent (default: 1)", NULL,
     take_min_percent},
    {"by", 0, "WHAT",
     "print a line for each function (the default), thread or process; or, by file, how evenly each "
     "function's "
     "time is spread over the files",
     BY_NAMES, take_by},
    {"thread", 0, "NAME", "keep the threads of this name (a shell's pattern) or ID; may be repeated", NULL,
     take_thread},
    {"process", 0, "PID", "keep the process of this ID; may be repeated", NULL, take_process},
    {"unwound", 0, NULL,
     "print how often each function was left without a return: by longjmp, an exception, the thread's end",
     NULL, take_unwound},
    {"diff", 0, "FILE", "print what has changed since FILE", "FILE", take_diff},
    {"save", 0, "FILE", "write the sum of all files to FILE, as a profile, and print nothing", "FILE",
     take_save},
    {"csv", 0, NULL, "print comma-separated values, times in nanoseconds", NULL, take_csv},
    {"no-pager", 0, NULL, "do not page the output on a terminal", NULL, take_no_pager},
    {"help", 'h', NULL, "print this help and exit", NULL, options_take_help},
    {"version", 'V', NULL, "print the version and exit", NULL, options_take_version},
};

static const struct command COMMAND = {
    .name = "stats",
    .usage = "[options] FILE...",
    .description = "Prints how often each function of a profiled program was called and how long it took. "
                   "Several FILEs are summed up.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .examples = "stats out.prof                          the whole table, by cumulative time\n"
                "stats out.prof --sort tottime -n 20     the 20 functions that took most time themselves\n"
                "stats out.prof --restrict 'parse_'      the functions with parse_ in their name or file\n"
                "stats out.prof --tree                   who called whom, and what that cost\n"
                "stats out.prof --tree=callers malloc    from where malloc is called\n"
                "stats new.prof --diff old.prof          what became faster or slower\n"
                "stats --save all.prof run*.prof         all runs summed up in one profile\n"
                "stats --csv run1.prof run2.prof         two runs summed up, for a spreadsheet",
    .exit_status = "0  the report was printed\n"
                   "1  a file could not be read, or the report not written\n"
                   "2  wrong usage",
    .operand_kind = "FILE",
};

static int no_memory(struct message *message)
{
    return message_set(message, "not enough memory");
}

/* Says on standard error what could not be had of a file. */
static void print_warning(const char *text)
{
    struct message shown;

    message_set(&shown, "%s", text);
    fprintf(stderr, "%s: %s\n", COMMAND.name, shown.text);
}

/* Leaves the chosen rows, in the chosen order. */
static int choose_rows(const struct settings *settings, struct table_list *list, struct message *message)
{
    sort_apply(&settings->order, settings->reverse, list);
    return restrict_apply(&settings->restrictions, list, message);
}

static int print_table(FILE *stream, const struct settings *settings, const struct report *report,
                       struct table_list *list, struct message *message)
{
    if (table_list(report->table, list, message) != 0 || choose_rows(settings, list, message) != 0)
        return -1;
    if (settings->csv)
        csv_print(stream, list, settings->unwound);
    else
        report_print(stream, report);
    return 0;
}

static int print_spread(FILE *stream, const struct settings *settings, const struct inputs *inputs,
                        const struct report *report, struct table_list *list, struct message *message)
{
    if (spread_list(&inputs->spread, list, message) != 0 || choose_rows(settings, list, message) != 0)
        return -1;
    if (settings->csv)
        spread_print_csv(stream, &inputs->spread, list);
    else
        spread_print(stream, &inputs->spread, report);
    return 0;
}

static int print_diff(FILE *stream, const struct settings *settings, const struct inputs *inputs,
                      const struct report *report, struct table_list *list, struct message *message)
{
    struct diff diff = {0};
    int result = diff_open(&diff, &inputs->before, &inputs->table, message);

    if (result == 0)
        result = diff_list(&diff, list, message);
    if (result == 0)
        result = choose_rows(settings, list, message);
    if (result == 0 && settings->csv)
        diff_print_csv(stream, list);
    else if (result == 0)
        diff_print(stream, &diff, report);
    diff_close(&diff);
    return result;
}

/* Prints one of the reports that are lists of functions. */
static int print_functions(FILE *stream, const struct settings *settings, const struct inputs *inputs,
                           struct report report, struct message *message)
{
    struct table_list list = {0};
    char label[SORT_LABEL_MAX];
    int result;

    sort_label(&settings->order, label);
    report.list = &list;
    report.order = label;
    if (settings->request.before != NULL)
        result = print_diff(stream, settings, inputs, &report, &list, message);
    else if (settings->by == BY_FILE)
        result = print_spread(stream, settings, inputs, &report, &list, message);
    else
        result = print_table(stream, settings, &report, &list, message);
    table_list_free(&list);
    return result;
}

static int print_parts(FILE *stream, const struct settings *settings, const struct inputs *inputs,
                       const struct report *head)
{
    struct parts_report report = {.parts = &inputs->parts,
                                  .kind = settings->by == BY_THREAD ? PARTS_THREADS : PARTS_PROCESSES,
                                  .unit = settings->unit,
                                  .limit = settings->limit,
                                  .unwound = settings->unwound};

    if (settings->csv) {
        parts_print_csv(stream, &report);
    } else {
        report_print_head(stream, head);
        parts_print(stream, &report);
    }
    return 0;
}

static int print_to(FILE *stream, const struct settings *settings, const struct inputs *inputs,
                    struct message *message)
{
    struct report report = {.table = &inputs->table,
                            .titles = (const char *const *)inputs->titles,
                            .title_count = inputs->count,
                            .unit = settings->unit,
                            .unwound = settings->unwound};

    if (settings->by == BY_THREAD || settings->by == BY_PROCESS)
        return print_parts(stream, settings, inputs, &report);
    if (settings->tree.wanted)
        return tree_report_print(stream, &settings->tree, &report, &inputs->merge.profile, inputs->row_of,
                                 message);
    return print_functions(stream, settings, inputs, report, message);
}

/* Prints all or nothing. */
static int print_report(const struct settings *settings, const struct inputs *inputs, struct message *message)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    int result = stream == NULL ? no_memory(message) : print_to(stream, settings, inputs, message);

    if (stream != NULL && ferror(stream))
        result = no_memory(message);
    if (stream != NULL && fclose(stream) != 0 && result == 0)
        result = no_memory(message);
    if (result == 0)
        result = pager_print(text, length, settings->use_pager, message);
    free(text);
    return result;
}

static int run(struct settings *settings, char *const *paths, size_t count, struct message *message)
{
    struct inputs inputs = {0};
    int result = inputs_read(&inputs, &settings->request, paths, count, message);

    if (result == 0) {
        notes_print(&inputs.notes, COMMAND.name, stderr);
        result = settings->save != NULL ? output_write(settings->save, &inputs.merge.profile, message)
                                        : print_report(settings, &inputs, message);
    }
    inputs_free(&inputs);
    return result;
}

/* Prints what --help and --version ask for. */
static int print_about(enum options_result what, struct message *message)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    if (stream == NULL)
        return no_memory(message);
    if (what == OPTIONS_HELP)
        options_help(&COMMAND, stream);
    else
        fprintf(stream, "%s %s\n", COMMAND.name, PROFILE_VERSION);
    int failed = ferror(stream);
    int result = fclose(stream) != 0 || failed ? no_memory(message) : pager_print(text, length, 0, message);
    free(text);
    return result;
}

/* Refuses what would have no effect. */
static enum options_result check(const struct settings *settings, struct message *message)
{
    int rows = settings->order.count > 0 || settings->reverse || settings->restrictions.count > 0;

    int others =
        settings->csv || settings->unwound || settings->by != BY_FUNCTION || settings->request.before != NULL;

    if (settings->save != NULL && (rows || others || settings->tree.wanted))
        return options_wrong(&COMMAND, "--save goes without the options for what is printed", message);
    if (settings->tree.wanted && (rows || others))
        return options_wrong(
            &COMMAND, "--tree goes without --sort, --reverse, --restrict, --csv, --unwound, --by and --diff",
            message);
    if (settings->request.before != NULL && (settings->unwound || settings->by != BY_FUNCTION))
        return options_wrong(&COMMAND, "--diff goes without --unwound and --by", message);
    if (settings->by == BY_FILE && settings->unwound)
        return options_wrong(&COMMAND, "--by file goes without --unwound", message);
    if ((settings->by == BY_THREAD || settings->by == BY_PROCESS) && rows)
        return options_wrong(
            &COMMAND, "--by thread and --by process go without --sort, --reverse and --restrict", message);
    return OPTIONS_RUN;
}

static enum inputs_need what_is_needed(const struct settings *settings)
{
    if (settings->tree.wanted || settings->save != NULL)
        return INPUTS_CONTEXTS;
    if (settings->by == BY_FILE)
        return INPUTS_SPREAD;
    return settings->by == BY_FUNCTION ? INPUTS_TABLE : INPUTS_PARTS;
}

/* Puts in what the options left open. */
static int complete(struct settings *settings, struct message *message)
{
    /* The cumulative time of main changes, or differs, with every function's: of no use for these. */
    const char *order =
        settings->request.before != NULL || settings->by == BY_FILE ? "tottime" : "cumulative";

    settings->tree.limit = settings->limit;
    settings->request.need = what_is_needed(settings);
    settings->request.warn = print_warning;
    if (settings->order.count == 0 && sort_parse(&settings->order, order, message) != 0)
        return -1;
    if (settings->limit < 0)
        return 0;
    return restrict_add_count(&settings->restrictions, settings->limit, message);
}

int main(int argc, char **argv)
{
    struct settings settings = {.limit = -1, .use_pager = 1, .tree = {.min_percent = 1}};
    struct message message = {""};
    int first, status = EXIT_SUCCESS;
    enum options_result parsed = options_parse(&COMMAND, argc, argv, &settings, &first, &message);

    if (parsed == OPTIONS_RUN && first >= argc)
        parsed = options_wrong(&COMMAND, "no FILE given", &message);
    if (parsed == OPTIONS_RUN)
        parsed = check(&settings, &message);
    if (parsed == OPTIONS_ERROR)
        status = EXIT_USAGE;
    else if (parsed != OPTIONS_RUN)
        status = print_about(parsed, &message) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    else if (complete(&settings, &message) != 0 ||
             run(&settings, argv + first, (size_t)(argc - first), &message) != 0)
        status = EXIT_FAILURE;
    if (status != EXIT_SUCCESS)
        fprintf(stderr, "%s: %s\n", COMMAND.name, message.text);
    restrict_free(&settings.restrictions);
    selection_free(&settings.request.selection);
    return status;
}
