/*
 * stats_options.c - what the command line of `stats` says. See stats_options.h.
 */
#include "cli/commands/stats_options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/array.h"
#include "cli/base/duration.h"

/* Their names, separated by spaces: for help and completion. */
#define BY_NAMES "function thread process file"

static enum options_result take_reverse(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->view.reverse = 1;
    return OPTIONS_RUN;
}

static enum options_result take_restrict(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;
    const char **added = ARRAY_APPEND(settings->restrictions, settings->restriction_count);

    if (added == NULL) {
        message_no_memory(message);
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
    return options_count(&((struct settings *)target)->view.edge_limit, value, "rows", message);
}

static enum options_result take_percent(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->view.percent = 1;
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

static enum options_result take_raw(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->request.raw = 1;
    return OPTIONS_RUN;
}

static enum options_result take_strip_dirs(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->request.how |= TABLE_STRIP_DIRS;
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

static enum options_result take_errors(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->view.errors = 1;
    return OPTIONS_RUN;
}

static enum options_result take_unwound(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->view.unwound = 1;
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

static enum options_result take_min_time(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    return duration_parse(&settings->request.min_time, value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

static enum options_result take_save(void *target, const char *value, struct message *message)
{
    (void)message;
    ((struct settings *)target)->save = value;
    return OPTIONS_RUN;
}

static enum options_result take_suggest_exclude(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->suggests = 1;
    return OPTIONS_RUN;
}

static enum options_result take_cc(void *target, const char *value, struct message *message)
{
    (void)message;
    ((struct settings *)target)->compiler = value;
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
     SORT_KEYS, row_options_take_sort},
    {"reverse", 'r', NULL, "reverse the order", NULL, take_reverse},
    {"limit", 'n', "N", "print the first N rows, after all restrictions", NULL, row_options_take_limit},
    {"restrict", 0, "R",
     "keep the first R rows (a whole number), a fraction of the rows (a number from 0 to 1 with a point), or "
     "the rows "
     "whose file:line(function) matches R (a regular expression); may be repeated, each narrows what the one "
     "before "
     "left",
     NULL, take_restrict},
    {"raw", 0, NULL, "print times as they were measured, with what recording itself has cost", NULL,
     take_raw},
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
    {"tree", 0, "[=callers FUNCTION]",
     "print the calling contexts as a tree, from the top; or the callers of FUNCTION (a name, or a regular "
     "expression), theirs, and so on",
     TREE_DIRECTIONS, take_tree},
    {"min-percent", 0, "P",
     "fold the nodes of the tree that took less than P percent (default: 1, or 0 with --restrict and --csv)",
     NULL, take_min_percent},
    {"min-time", 0, "T",
     "fold the calling contexts that took less than T (as 10us) in a thread into their callers, before all "
     "else",
     NULL, take_min_time},
    {"by", 0, "WHAT",
     "print a line for each function (the default), thread or process; or, by file, how evenly each "
     "function's "
     "tottime, or what --sort says, is spread over the files",
     BY_NAMES, take_by},
    {"thread", 0, "NAME", "keep the threads of this name (a shell's pattern) or ID; may be repeated", NULL,
     take_thread},
    {"process", 0, "PID", "keep the process of this ID; may be repeated", NULL, take_process},
    {"errors", 0, NULL,
     "print the standard error of tottime, which comes from timing some calls only (profile --clock=sampled)",
     NULL, take_errors},
    {"unwound", 0, NULL,
     "print how often each function was left without a return: by longjmp, an exception, the thread's end",
     NULL, take_unwound},
    {"diff", 0, "OLD", "print what has changed since the file OLD", OPTIONS_FILE, take_diff},
    {"suggest-exclude", 0, NULL,
     "print the compiler's flags that leave out tiny functions which are called often, and what recording "
     "them is predicted to have cost, those that save most first",
     NULL, take_suggest_exclude},
    {"cc", 0, "COMPILER", "the compiler that they are for (default: $CC, or cc): gcc, clang or a command",
     "gcc clang", take_cc},
    {"csv", 0, NULL, "print comma-separated values, times in nanoseconds", NULL, take_csv},
    {"save", 0, "FILE",
     "print nothing, and write the sum of all files to FILE, with their calling contexts; or only a table, "
     "as "
     "pstats saves it, with --pstats, --restrict, -n or --strip-dirs, or if a FILE is Python's",
     OPTIONS_FILE, take_save},
    {"interactive", 'i', NULL,
     "start a browser with the commands of python -m pstats; it reads FILE and adds the others", NULL,
     take_interactive},
    {"no-pager", 0, NULL, "do not page the output on a terminal", NULL, take_no_pager},
    {"help", 'h', NULL, "print this help and exit", NULL, options_take_help},
    {"version", 'V', NULL, "print the version and exit", NULL, options_take_version},
    {"completion", 0, "SHELL", NULL, OPTIONS_SHELLS, options_take_completion},
};

const struct command STATS_COMMAND = {
    .name = "stats",
    .usage = "[options] FILE...\n       stats -i [FILE...]",
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
    .operand_kind = OPTIONS_FILE,
};

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
            return options_wrong(&STATS_COMMAND, message->text, message);
        }
    if (settings->rows.limit >= 0 && !settings->tree.wanted && /* the tree's lines are no rows */
        restrict_add_count(restrictions, settings->rows.limit, message) != 0)
        return OPTIONS_ERROR;
    return OPTIONS_RUN;
}

static int prints_parts(const struct settings *settings)
{
    return settings->by == BY_THREAD || settings->by == BY_PROCESS;
}

/* Says in what respect the options contradict each other, or NULL. */
static const char *contradiction(const struct settings *settings)
{
    const struct view *view = &settings->view;
    int is_csv = view->kind == VIEW_CSV, is_calls = view_needs_edges(view),
        is_by = settings->by != BY_FUNCTION;
    int is_diff = settings->request.before != NULL, is_tree = settings->tree.wanted;
    int rows = settings->rows.order.count > 0 || view->reverse || settings->restriction_count > 0;

    if (settings->suggests &&
        (is_csv || is_calls || is_by || is_diff || is_tree || rows || view->percent || view->unwound ||
         view->errors || settings->as_pstats || settings->request.raw || settings->save != NULL))
        return "--suggest-exclude goes without the options for other reports";
    if (settings->as_pstats && (is_tree || is_by || is_diff || (view->unwound || view->errors) ||
                                selection_is_active(&settings->request.selection)))
        return "--pstats goes without --tree, --by, --diff, --unwound, --errors, --thread and --process";
    if (settings->save != NULL && (is_csv || is_tree || is_by || is_diff || (view->unwound || view->errors)))
        return "--save goes without the options for what is printed";
    if (is_tree && (is_calls || view->percent || (view->unwound || view->errors) || is_by || is_diff))
        return "--tree goes without --callers, --callees, --percent, --unwound, --errors, --by and --diff";
    if (is_diff && (is_calls || view->percent || (view->unwound || view->errors) || is_by))
        return "--diff goes without --callers, --callees, --percent, --unwound, --errors and --by";
    if (is_by && (is_calls || view->percent))
        return "--by goes without --callers, --callees and --percent";
    if (settings->by == BY_FILE && (view->unwound || view->errors))
        return "--by file goes without --unwound and --errors";
    if (prints_parts(settings) && rows)
        return "--by thread and --by process go without --sort, --reverse and --restrict";
    if (!is_calls && (view->edge_order.count > 0 || view->edge_limit >= 0))
        return "--edge-sort and --edge-limit go with --callers or --callees";
    if (is_calls && (view->unwound || view->errors))
        return "--callers and --callees go without --unwound and --errors";
    return NULL;
}

/* Is a table saved, and not the sum of the files with their contexts? */
static int saves_table(const struct settings *settings)
{
    return settings->as_pstats || settings->restriction_count > 0 || settings->rows.limit >= 0 ||
           (settings->request.how & TABLE_STRIP_DIRS) != 0;
}

static enum inputs_need what_is_needed(const struct settings *settings)
{
    if (settings->tree.wanted)
        return INPUTS_CONTEXTS;
    if (settings->save != NULL)
        return saves_table(settings) ? INPUTS_TABLE : INPUTS_SUM;
    if (settings->by == BY_FILE)
        return INPUTS_SPREAD;
    return prints_parts(settings) ? INPUTS_PARTS : INPUTS_TABLE;
}

static void complete_request(struct settings *settings)
{
    struct inputs_request *request = &settings->request;

    request->need = what_is_needed(settings);
    request->in_seconds = settings->as_pstats;
    request->figure = sort_first_figure(&settings->view.order);
    request->with_edges =
        settings->save != NULL || (view_needs_edges(&settings->view) && request->need == INPUTS_TABLE);
    request->with_recording = settings->suggests;
    if (settings->as_pstats)
        request->how |= TABLE_KEEP_ORDER;
    else if (settings->save != NULL)
        request->how |= TABLE_DICTIONARY;
    request->warnings = stderr;
}

enum options_result settings_complete(struct settings *settings, struct message *message)
{
    struct view *view = &settings->view;
    const char *wrong = contradiction(settings);
    /* The cumulative time of main changes, or differs, with every function's: of no use for these. */
    const char *order =
        settings->request.before != NULL || settings->by == BY_FILE ? "tottime" : "cumulative";

    if (wrong != NULL)
        return options_wrong(&STATS_COMMAND, wrong, message);
    view->order = settings->rows.order;
    complete_request(settings);
    settings->tree.limit = settings->rows.limit;
    if (settings->as_pstats)
        view->unit = REPORT_UNIT_S;
    else if (view->order.count == 0 && sort_parse(&view->order, order, message) != 0)
        return OPTIONS_ERROR;
    view->colour = !settings->as_pstats && wants_colour();
    return add_restrictions(settings, message);
}

void settings_free(struct settings *settings)
{
    restrict_free(&settings->view.restrictions);
    selection_free(&settings->request.selection);
    free(settings->restrictions);
}
