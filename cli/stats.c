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
#include "load.h"
#include "merge.h"
#include "options.h"
#include "pager.h"
#include "report.h"
#include "restrict.h"
#include "sort.h"
#include "table.h"
#include "tree_report.h"
#include "version.h"

enum { EXIT_USAGE = 2 };

struct settings {
    struct sort_order order;
    int reverse;
    struct restrictions restrictions;
    int64_t limit; /* -1: none */
    int strip_dirs;
    enum report_unit unit;
    int csv;
    int use_pager;
    struct tree_settings tree;
};

/* What was read of all files. */
struct inputs {
    struct table table;
    struct merge merge; /* only where the report needs their contexts */
    uint32_t *row_of;   /* by function of the merged profile: its row in the table */
    char **titles;
    size_t count;
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
    ((struct settings *)target)->strip_dirs = 1;
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
static void print_warnings(const struct profile *profile)
{
    struct message shown;

    for (size_t i = 0; i < profile->warning_count; i++) {
        message_set(&shown, "%s", profile->warnings[i]);
        fprintf(stderr, "%s: %s\n", COMMAND.name, shown.text);
    }
}

static int needs_contexts(const struct settings *settings)
{
    return settings->tree.wanted;
}

static int add_file(const struct settings *settings, struct inputs *inputs, const char *path,
                    struct message *message)
{
    struct profile profile = {0};
    int result = profile_load(&profile, path, message);

    print_warnings(&profile);
    if (result == 0)
        result = needs_contexts(settings) ? profile_merge(&inputs->merge, &profile, message)
                                          : table_add(&inputs->table, &profile, message);
    profile_free(&profile);
    return result;
}

/* The table of the merged profile, which has all files' contexts. */
static int add_merged(struct inputs *inputs, struct message *message)
{
    const struct profile *profile = &inputs->merge.profile;

    inputs->row_of = reallocarray(NULL, profile->function_count + 1, sizeof *inputs->row_of);
    if (inputs->row_of == NULL)
        return no_memory(message);
    return table_track(&inputs->table, profile, inputs->row_of, message);
}

/* Sums up the files, and makes a title of each. */
static int read_files(const struct settings *settings, char *const *paths, size_t count,
                      struct inputs *inputs, struct message *message)
{
    inputs->titles = calloc(count, sizeof *inputs->titles);
    if (inputs->titles == NULL)
        return no_memory(message);
    for (inputs->count = 0; inputs->count < count; inputs->count++) {
        inputs->titles[inputs->count] = report_title(paths[inputs->count]);
        if (inputs->titles[inputs->count] == NULL)
            return no_memory(message);
        if (add_file(settings, inputs, paths[inputs->count], message) != 0) {
            inputs->count++;
            return -1;
        }
    }
    if (needs_contexts(settings) && add_merged(inputs, message) != 0)
        return -1;
    return table_finish(&inputs->table, settings->strip_dirs, message);
}

static void inputs_free(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        free(inputs->titles[i]);
    free(inputs->titles);
    free(inputs->row_of);
    table_free(&inputs->table);
    merge_free(&inputs->merge);
}

/* Says on standard error what a reader of the table should know. */
static void print_notes(const struct table *table)
{
    if (table->row_count == 0)
        fputs("stats: no calls were recorded: was the program compiled with -finstrument-functions?\n",
              stderr);
    if (table->lost > 0)
        fprintf(stderr, "stats: %ju calls are missing: there was no space to record them\n",
                (uintmax_t)table->lost);
}

/* The chosen rows in the chosen order. */
static int choose_rows(const struct settings *settings, const struct table *table, struct table_list *list,
                       struct message *message)
{
    if (table_list(table, list, message) != 0)
        return -1;
    sort_apply(&settings->order, settings->reverse, list);
    return restrict_apply(&settings->restrictions, list, message);
}

static int print_table(FILE *stream, const struct settings *settings, struct report report,
                       struct message *message)
{
    struct table_list list = {0};
    char label[SORT_LABEL_MAX];
    int result = choose_rows(settings, report.table, &list, message);

    sort_label(&settings->order, label);
    report.list = &list;
    report.order = label;
    if (result == 0 && settings->csv)
        csv_print(stream, &list);
    else if (result == 0)
        report_print(stream, &report);
    table_list_free(&list);
    return result;
}

static int print_to(FILE *stream, const struct settings *settings, const struct inputs *inputs,
                    struct message *message)
{
    struct report report = {.table = &inputs->table,
                            .titles = (const char *const *)inputs->titles,
                            .title_count = inputs->count,
                            .unit = settings->unit};

    if (settings->tree.wanted)
        return tree_report_print(stream, &settings->tree, &report, &inputs->merge.profile, inputs->row_of,
                                 message);
    return print_table(stream, settings, report, message);
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

static int run(const struct settings *settings, char *const *paths, size_t count, struct message *message)
{
    struct inputs inputs = {0};
    int result = read_files(settings, paths, count, &inputs, message);

    if (result == 0) {
        print_notes(&inputs.table);
        result = print_report(settings, &inputs, message);
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
    if (settings->tree.wanted &&
        (settings->order.count > 0 || settings->reverse || settings->restrictions.count > 0 || settings->csv))
        return options_wrong(&COMMAND, "--tree goes without --sort, --reverse, --restrict and --csv",
                             message);
    return OPTIONS_RUN;
}

/* Puts in what the options left open. */
static int complete(struct settings *settings, struct message *message)
{
    settings->tree.limit = settings->limit;
    if (settings->order.count == 0 && sort_parse(&settings->order, "cumulative", message) != 0)
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
    return status;
}
