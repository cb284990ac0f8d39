/*
 * stats.c - the command `stats`: reports from profiles.
 *
 * options -> files -> table -> view -> standard output. Here alone is
 * printed and exited: 0, 1 for a failure, 2 for a wrong use.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "browser.h"
#include "options.h"
#include "pager.h"
#include "save.h"
#include "stats_file.h"
#include "table.h"
#include "version.h"
#include "view.h"

enum { EXIT_USAGE = 2 };

struct settings {
    struct view view;
    const char **restrictions; /* as they were given: how they are read depends on as_pstats */
    size_t restriction_count;
    int64_t limit; /* -1: none */
    int strip_dirs;
    int as_pstats;
    int is_interactive;
    const char *save; /* the file to write to, instead of printing; or NULL */
    int use_pager;
};

static enum options_result take_sort(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    return sort_parse(&settings->view.order, value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

static enum options_result take_reverse(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->view.reverse = 1;
    return OPTIONS_RUN;
}

static enum options_result take_count(int64_t *count, const char *value, struct message *message)
{
    if (*value == '\0' || value[strspn(value, "0123456789")] != '\0') {
        message_set(message, "'%s' is no number of rows", value);
        return OPTIONS_ERROR;
    }
    *count = strtoll(value, NULL, 10); /* beyond its range, the greatest: no limit */
    return OPTIONS_RUN;
}

static enum options_result take_limit(void *target, const char *value, struct message *message)
{
    return take_count(&((struct settings *)target)->limit, value, message);
}

static enum options_result take_restrict(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;
    const char **added = ARRAY_APPEND(settings->restrictions, settings->restriction_count);

    if (added == NULL) {
        message_set(message, "not enough memory");
        return OPTIONS_ERROR;
    }
    *added = value;
    return OPTIONS_RUN;
}

static enum options_result take_calls(void *target, enum view_kind kind, const char *value,
                                      struct message *message)
{
    ((struct settings *)target)->view.kind = kind;
    return value == NULL ? OPTIONS_RUN : take_restrict(target, value, message);
}

static enum options_result take_callers(void *target, const char *value, struct message *message)
{
    return take_calls(target, VIEW_CALLERS, value, message);
}

static enum options_result take_callees(void *target, const char *value, struct message *message)
{
    return take_calls(target, VIEW_CALLEES, value, message);
}

static enum options_result take_edge_sort(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    return sort_parse(&settings->view.edge_order, value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

static enum options_result take_edge_limit(void *target, const char *value, struct message *message)
{
    return take_count(&((struct settings *)target)->view.edge_limit, value, message);
}

static enum options_result take_percent(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->view.percent = 1;
    return OPTIONS_RUN;
}

static enum options_result take_save(void *target, const char *value, struct message *message)
{
    (void)message;
    ((struct settings *)target)->save = value;
    return OPTIONS_RUN;
}

static enum options_result take_interactive(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->is_interactive = 1;
    return OPTIONS_RUN;
}

static enum options_result take_pstats(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->as_pstats = 1;
    return OPTIONS_RUN;
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

    return report_unit_parse(&settings->view.unit, value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

static enum options_result take_csv(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->view.kind = VIEW_CSV;
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
    {"percent", 0, NULL, "print the shares of the time of all functions too", NULL, take_percent},
    {"callers", 0, "[=R]", "print who called the functions; R: --restrict R", NULL, take_callers},
    {"callees", 0, "[=R]", "print whom the functions called; R: --restrict R", NULL, take_callees},
    {"edge-sort", 0, "KEY[,KEY...]",
     "order the callers or callees of each function by KEY (default: by file, line and name)", SORT_KEYS,
     take_edge_sort},
    {"edge-limit", 0, "N", "print the first N callers or callees of each function", NULL, take_edge_limit},
    {"pstats", 0, NULL,
     "print what Python's pstats prints for the same files, byte for byte: in seconds, unsorted without "
     "--sort, and what makes no sense is ignored",
     NULL, take_pstats},
    {"csv", 0, NULL, "print comma-separated values, times in nanoseconds", NULL, take_csv},
    {"save", 0, "FILE", "print nothing, and save what would be printed as a file that pstats reads", "FILE",
     take_save},
    {"interactive", 'i', NULL,
     "start a browser with the commands of python -m pstats; it reads FILE and adds the others", NULL,
     take_interactive},
    {"no-pager", 0, NULL, "do not page the output on a terminal", NULL, take_no_pager},
    {"help", 'h', NULL, "print this help and exit", NULL, options_take_help},
    {"version", 'V', NULL, "print the version and exit", NULL, options_take_version},
};

static const struct command COMMAND = {
    .name = "stats",
    .usage = "[options] FILE...\n       stats -i [FILE...]",
    .description = "Prints how often each function of a profiled program was called and how long it took. "
                   "Several FILEs are summed up.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .examples = "stats out.prof                          the whole table, by cumulative time\n"
                "stats out.prof --sort tottime -n 20     the 20 functions that took most time themselves\n"
                "stats out.prof --restrict 'parse_'      the functions with parse_ in their name or file\n"
                "stats *.prof --save all.prof            many runs summed up in one file\n"
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

/* Sums up the files in the table, and makes a title of each. */
static int read_files(char *const *paths, size_t count, struct table *table, char **titles,
                      struct message *message)
{
    for (size_t i = 0; i < count; i++) {
        titles[i] = report_title(paths[i]);
        if (titles[i] == NULL)
            return no_memory(message);
        if (stats_file_add(table, paths[i], stderr, message) != 0)
            return -1;
    }
    return 0;
}

/* pstats.Stats(a, b, c) adds c before b: the order of the titles, and the last digits, depend on it. */
static void order_as_pstats(char **paths, size_t count)
{
    for (size_t i = 1, j = count - 1; i < j; i++, j--) {
        char *path = paths[i];
        paths[i] = paths[j];
        paths[j] = path;
    }
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

static int print_view(const struct settings *settings, const struct table *table, struct message *message)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    int result = stream == NULL ? no_memory(message) : view_print(stream, &settings->view, table, message);

    if (stream != NULL) {
        int failed = ferror(stream);
        if ((fclose(stream) != 0 || failed) && result == 0)
            result = no_memory(message);
    }
    if (result == 0)
        result = pager_print(text, length, settings->use_pager, message);
    free(text);
    return result;
}

static int save_view(const struct settings *settings, const struct table *table, struct message *message)
{
    struct table_list list = {0};
    int result = view_choose(&settings->view, table, &list, message);

    if (result == 0)
        result = save_table(settings->save, table, &list, message);
    table_list_free(&list);
    return result;
}

/* What table_finish() is to do. */
static int how_to_finish(const struct settings *settings)
{
    int how = settings->strip_dirs ? TABLE_STRIP_DIRS : 0;

    if (settings->as_pstats)
        return how | TABLE_KEEP_ORDER;
    return settings->save != NULL ? how | TABLE_DICTIONARY : how;
}

static int print_files(struct settings *settings, char **paths, size_t count, char **titles,
                       struct message *message)
{
    struct table table = {.in_seconds = settings->as_pstats,
                          .with_edges = view_needs_edges(&settings->view) || settings->save != NULL};
    int result;

    if (settings->as_pstats)
        order_as_pstats(paths, count);
    result = read_files(paths, count, &table, titles, message);
    if (result == 0)
        result = table_finish(&table, how_to_finish(settings), message);
    settings->view.titles = (const char *const *)titles;
    settings->view.title_count = count;
    if (result == 0) {
        print_notes(&table);
        result = settings->save != NULL ? save_view(settings, &table, message)
                                        : print_view(settings, &table, message);
    }
    table_free(&table);
    return result;
}

static int run(struct settings *settings, char **paths, size_t count, struct message *message)
{
    if (settings->is_interactive)
        return browser_run(paths, count, message);
    char **titles = calloc(count, sizeof *titles);
    int result = titles == NULL ? no_memory(message) : print_files(settings, paths, count, titles, message);

    for (size_t i = 0; titles != NULL && i < count; i++)
        free(titles[i]);
    free(titles);
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

/* Is standard output a terminal whose user has nothing against colour? See https://no-color.org. */
static int wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");

    return isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

static enum options_result add_restrictions(struct settings *settings, struct message *message)
{
    struct restrictions *restrictions = &settings->view.restrictions;

    restrictions->as_pstats = settings->as_pstats;
    for (size_t i = 0; i < settings->restriction_count; i++)
        if (restrict_add(restrictions, settings->restrictions[i], message) != 0) {
            message_set(message, "--restrict: %s", message->text);
            return options_wrong(&COMMAND, message->text, message);
        }
    if (settings->limit >= 0 && restrict_add_count(restrictions, settings->limit, message) != 0)
        return OPTIONS_ERROR;
    return OPTIONS_RUN;
}

/* Puts in what the options left open. */
static enum options_result complete(struct settings *settings, struct message *message)
{
    struct view *view = &settings->view;

    if (settings->as_pstats)
        view->unit = REPORT_UNIT_S;
    else if (view->order.count == 0 && sort_parse(&view->order, "cumulative", message) != 0)
        return OPTIONS_ERROR;
    view->colour = !settings->as_pstats && wants_colour();
    return add_restrictions(settings, message);
}

int main(int argc, char **argv)
{
    struct settings settings = {.view.edge_limit = -1, .limit = -1, .use_pager = 1};
    struct message message = {""};
    int first, status = EXIT_SUCCESS;
    enum options_result parsed = options_parse(&COMMAND, argc, argv, &settings, &first, &message);

    if (parsed == OPTIONS_RUN && first >= argc && !settings.is_interactive)
        parsed = options_wrong(&COMMAND, "no FILE given", &message);
    if (parsed == OPTIONS_RUN)
        parsed = complete(&settings, &message);
    if (parsed == OPTIONS_ERROR)
        status = EXIT_USAGE;
    else if (parsed != OPTIONS_RUN)
        status = print_about(parsed, &message) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    else if (run(&settings, argv + first, (size_t)(argc - first), &message) != 0)
        status = EXIT_FAILURE;
    if (status != EXIT_SUCCESS)
        fprintf(stderr, "%s: %s\n", COMMAND.name, message.text);
    restrict_free(&settings.view.restrictions);
    free(settings.restrictions);
    return status;
}
