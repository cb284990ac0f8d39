/*
 * stats_options.c - the options of `stats`. See stats_options.h.
 */
#include "cli/commands/stats_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/base/array.h"
#include "cli/base/duration.h"
#include "cli/ui/terminal.h"

#define FIELD(name) .offset = offsetof(struct stats_settings, name)

#define BY_NAMES "function thread process file" /* in the order of enum stats_by */

static int take_restrict(const struct option_spec *option, void *target, const char *value,
                         struct message *message)
{
    struct stats_settings *settings = target;
    const char **added = ARRAY_APPEND(settings->restrictions, settings->restriction_count);

    (void)option;
    if (added == NULL)
        return message_no_memory(message);
    *added = value;
    return 0;
}

static int take_calls(const struct option_spec *option, void *target, const char *value,
                      struct message *message)
{
    ((struct stats_settings *)target)->view.kind = (enum view_kind)option->number;
    return value == NULL ? 0 : take_restrict(option, target, value, message);
}

static int take_unit(const struct option_spec *option, void *field, const char *value,
                     struct message *message)
{
    (void)option;
    return report_unit_parse(field, value, message);
}

static int take_thread(const struct option_spec *option, void *field, const char *value,
                       struct message *message)
{
    (void)option;
    return selection_add_thread(field, value, message);
}

static int take_process(const struct option_spec *option, void *field, const char *value,
                        struct message *message)
{
    (void)option;
    return selection_add_process(field, value, message);
}

/* Takes a direction, and then the function that the direction "callers" needs as one more word. */
static int take_tree(const struct option_spec *option, void *field, const char *value,
                     struct message *message)
{
    int result = tree_settings_take(field, value, message);

    (void)option;
    return result > 0 ? OPTION_MORE : result;
}

static int take_min_time(const struct option_spec *option, void *field, const char *value,
                         struct message *message)
{
    (void)option;
    return duration_parse(field, value, message);
}

static int take_format(const struct option_spec *option, void *field, const char *value,
                       struct message *message)
{
    struct export_request *request = field;

    (void)option;
    request->exporter = exporter_named(value, message);
    return request->exporter != NULL ? 0 : -1;
}

static const struct option_spec OPTIONS[] = {
    {"sort", 's', "KEY[,KEY...]",
     "order rows by KEY, then by the next KEY; a unique prefix is enough (default: cumulative):\n" SORT_KEYS,
     SORT_KEYS, OPTION_CALL, FIELD(rows.order), .take = row_options_take_sort},
    {"reverse", 'r', NULL, "reverse the order", NULL, OPTION_FLAG, FIELD(view.reverse)},
    {"limit", 'n', "NUMBER", "print only the first NUMBER rows, after all restrictions", NULL, OPTION_COUNT,
     FIELD(rows.limit), .noun = "row count"},
    {"restrict", 0, "RESTRICTION",
     "keep some rows: 20 keeps the first 20, 0.1 the first tenth, and a regular expression those whose "
     "file:line(function) it matches; may be repeated",
     NULL, OPTION_CALL, .take = take_restrict},
    {"raw", 0, NULL, "print times with the cost of recording, which is subtracted by default", NULL,
     OPTION_FLAG, FIELD(request.raw)},
    {"strip-dirs", 0, NULL, "print files without their directories, and sum rows that become equal", NULL,
     OPTION_BIT, FIELD(request.how), .number = TABLE_STRIP_DIRS},
    {"unit", 0, "UNIT", "print all times in UNIT: s, ms, us or ns (default: auto, a unit for each time)",
     REPORT_UNITS, OPTION_CALL, FIELD(view.unit), .take = take_unit},
    {"percent", 0, NULL,
     "add the share of each time in the total, in percent (default on terminals of 120 columns)", NULL,
     OPTION_SET, FIELD(view.percent), .number = REPORT_PERCENT_ALWAYS},
    {"no-percent", 0, NULL, "leave these shares out", NULL, OPTION_SET, FIELD(view.percent),
     .number = REPORT_PERCENT_NEVER},
    {"callers", 0, "[=RESTRICTION]", "print the callers of functions; RESTRICTION is as for --restrict", NULL,
     OPTION_CALL, .number = VIEW_CALLERS, .take = take_calls},
    {"callees", 0, "[=RESTRICTION]",
     "print the functions that functions call; RESTRICTION is as for --restrict", NULL, OPTION_CALL,
     .number = VIEW_CALLEES, .take = take_calls},
    {"edge-sort", 0, "KEY[,KEY...]",
     "order the callers or callees of each function by KEY (default: by file, line and name)", SORT_KEYS,
     OPTION_CALL, FIELD(view.edge_order), .take = row_options_take_sort},
    {"edge-limit", 0, "NUMBER", "print only the first NUMBER callers or callees of each function", NULL,
     OPTION_COUNT, FIELD(view.edge_limit), .noun = "row count"},
    {"pstats", 0, NULL, "print what Python's pstats prints for the same files, byte for byte", NULL,
     OPTION_FLAG, FIELD(as_pstats)},
    {"tree", 0, "[=callers FUNCTION]",
     "print the calling contexts as a tree: from the first calls down, or from FUNCTION up to its callers",
     TREE_DIRECTIONS, OPTION_CALL, FIELD(tree), .take = take_tree, .noun = "function"},
    {"min-percent", 0, "NUMBER",
     "fold lines of the tree that took less than NUMBER percent of the time (default: 1, or 0 with "
     "--restrict or --csv)",
     NULL, OPTION_NUMBER, FIELD(tree.min_percent), .greatest = 100, .noun = "percentage"},
    {"min-time", 0, "TIME",
     "fold calling contexts that took less than TIME (as 10us) in a thread into their callers", NULL,
     OPTION_CALL, FIELD(request.min_time), .take = take_min_time},
    {"by", 0, "WHAT",
     "choose what a line shows: a function (default), thread or process; or, with file, how evenly the time "
     "of a function is spread over the files",
     BY_NAMES, OPTION_CHOICE, FIELD(by)},
    {"thread", 0, "NAME",
     "keep only threads with this name, a shell pattern, or with this ID; may be repeated", NULL, OPTION_CALL,
     FIELD(request.selection), .take = take_thread},
    {"process", 0, "PID", "keep only the process with this ID; may be repeated", NULL, OPTION_CALL,
     FIELD(request.selection), .take = take_process},
    {"errors", 0, NULL, "add the standard error of tottime, as far as the measurements tell it", NULL,
     OPTION_FLAG, FIELD(view.errors)},
    {"unwound", 0, NULL,
     "add the number of calls that ended without a return (by longjmp, an exception or the end of the "
     "thread)",
     NULL, OPTION_FLAG, FIELD(view.unwound)},
    {"diff", 0, "FILE", "print the changes since the older profile FILE", OPTIONS_FILE, OPTION_TEXT,
     FIELD(request.before)},
    {"check", 0, NULL, "print which times contradict each other, if any do; exit with 1 then", NULL,
     OPTION_FLAG, FIELD(checks)},
    {"suggest-exclude", 0, NULL,
     "print compiler flags that leave out tiny and frequent functions, and the time that they save", NULL,
     OPTION_FLAG, FIELD(suggests)},
    {"cc", 0, "COMPILER",
     "choose the compiler for --suggest-exclude: gcc, clang or a command (default: $CC or cc)", "gcc clang",
     OPTION_TEXT, FIELD(compiler)},
    {"csv", 0, NULL, "print comma-separated values, times in nanoseconds", NULL, OPTION_SET, FIELD(view.kind),
     .number = VIEW_CSV},
    {"save", 0, "FILE",
     "write the sum of all files to FILE instead of printing; with --pstats, --restrict, --limit or "
     "--strip-dirs write only a table, as pstats does",
     OPTIONS_FILE, OPTION_TEXT, FIELD(save)},
    {"output", 'o', "FILE",
     "write the profile to FILE for another program, in the format that the ending of FILE names",
     OPTIONS_FILE, OPTION_PATH, FIELD(export.path)},
    {"format", 0, "NAME", "write this format, to standard output without -o: " EXPORT_FORMATS, EXPORT_FORMATS,
     OPTION_CALL, FIELD(export), .take = take_format},
    {"weight", 0, "FIGURE",
     "choose the figure of a format that has only one: tottime (default), calls or waittime", EXPORT_WEIGHTS,
     OPTION_CHOICE, FIELD(export.weight), .noun = "figure"},
    {"interactive", 'i', NULL, "start a browser with the commands of python -m pstats", NULL, OPTION_FLAG,
     FIELD(is_interactive)},
    {"no-pager", 0, NULL, "do not send the output through a pager", NULL, OPTION_SET, FIELD(use_pager),
     .number = 0},
    OPTIONS_COMMON,
    OPTIONS_COMPLETION,
};

/* --by function is the default, so it goes with all others. */
#define BY_OTHERS "by=thread by=process by=file"

/* An option that would do nothing is refused. --no-pager and --no-percent ask for nothing, and go with all.
 */
static const struct option_rule RULES[] = {
    {"interactive",
     "sort reverse limit restrict raw strip-dirs unit percent callers callees edge-sort edge-limit pstats "
     "tree min-percent min-time thread process errors unwound diff check suggest-exclude cc csv "
     "save output format weight " BY_OTHERS,
     NULL},
    {"output format",
     "check suggest-exclude csv callers callees tree diff unit percent pstats save by=process by=file", NULL},
    {"weight", NULL, "output format"},
    {"check",
     "suggest-exclude csv callers callees diff tree sort reverse limit restrict unit percent unwound errors "
     "pstats save " BY_OTHERS,
     NULL},
    {"suggest-exclude",
     "csv callers callees diff tree sort reverse restrict unit percent unwound errors pstats raw save "
     "strip-dirs " BY_OTHERS,
     NULL},
    {"pstats", "tree diff unit percent unwound errors thread process " BY_OTHERS, NULL},
    {"save", "csv callers callees tree diff unit percent unwound errors " BY_OTHERS, NULL},
    {"tree", "callers callees percent unwound errors diff " BY_OTHERS, NULL},
    {"diff", "callers callees percent unwound errors " BY_OTHERS, NULL},
    {BY_OTHERS, "callers callees percent errors", NULL},
    {"by=file", "unwound", NULL},
    {"by=thread", "sort reverse restrict strip-dirs", "output format"},
    {"by=process", "sort reverse restrict strip-dirs", NULL},
    {"callers", "callees", NULL},
    {"edge-sort edge-limit", NULL, "callers callees"},
    {"min-percent", NULL, "tree output format"},
    {"cc", NULL, "suggest-exclude"},
    {"csv", "callers callees percent unit", NULL},
    {"callers callees", "percent unwound errors", NULL},
};

const struct command STATS_COMMAND = {
    .name = "stats",
    .usage = "[OPTION...] FILE...\n"
             "--suggest-exclude [--cc COMPILER] [-n NUMBER] FILE...\n"
             "--check FILE...\n"
             "-i [FILE...]",
    .description = "Prints how often each function of a profiled program was called and how long it took. "
                   "Adds up several files.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .rules = RULES,
    .rule_count = sizeof RULES / sizeof *RULES,
    .examples = "stats out.prof                          the whole table, by cumulative time\n"
                "stats out.prof --sort tottime -n 20     the 20 functions with most time of their own\n"
                "stats out.prof --restrict 'parse_'      the functions with parse_ in their name or file\n"
                "stats out.prof --tree                   the calls as a tree, and the time that each took\n"
                "stats out.prof --tree=callers malloc    the callers of malloc, and theirs\n"
                "stats new.prof --diff old.prof          the functions that became faster or slower\n"
                "stats out.prof -o out.speedscope.json   the calls for a viewer: see FORMATS in stats(1)\n"
                "stats --save all.prof run*.prof         the sum of all runs, as one profile\n"
                "stats --csv run1.prof run2.prof         the sum of two runs, for a spreadsheet",
    .exit_status = "0  the report was printed or saved\n"
                   "1  a file could not be read or written\n"
                   "2  wrong usage",
    .operand_kind = OPTIONS_FILE,
};

/* Returns 1 if standard output is a terminal and NO_COLOR does not forbid colour. See https://no-color.org.
 */
static int wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') && !terminal_is_dumb();
}

static enum options_result add_restrictions(struct stats_settings *settings, struct message *message)
{
    struct restrictions *restrictions = &settings->view.restrictions;

    restrictions->as_pstats = settings->as_pstats;
    for (size_t i = 0; i < settings->restriction_count; i++)
        if (restrict_add(restrictions, settings->restrictions[i], message) != 0) {
            message_set(message, "--restrict: %s", message->text);
            return options_wrong(&STATS_COMMAND, message->text, message);
        }
    if (settings->rows.limit >= 0 && !settings->tree.wanted && /* the limit of a tree is for its lines */
        restrict_add_count(restrictions, settings->rows.limit, message) != 0)
        return OPTIONS_ERROR;
    return OPTIONS_RUN;
}

static int prints_parts(const struct stats_settings *settings)
{
    return settings->by == BY_THREAD || settings->by == BY_PROCESS;
}

/* Returns 1 if the format of --save is that of a table, and not the sum of the files with their contexts. */
static int saves_table(const struct stats_settings *settings)
{
    return settings->as_pstats || settings->restriction_count > 0 || settings->rows.limit >= 0 ||
           (settings->request.how & TABLE_STRIP_DIRS) != 0;
}

static enum inputs_need choose_need(const struct stats_settings *settings)
{
    const struct exporter *exporter = settings->export.exporter;

    if (exporter != NULL && (exporter->traits & EXPORT_NEEDS_CONTEXTS) != 0)
        return INPUTS_CONTEXTS;
    if (exporter != NULL && (exporter->traits & EXPORT_TAKES_CONTEXTS) != 0)
        return INPUTS_EXPORT;
    if (exporter != NULL && (exporter->traits & EXPORT_IS_SUM) != 0)
        return saves_table(settings) ? INPUTS_TABLE : INPUTS_SUM;
    if (exporter != NULL)
        return INPUTS_TABLE;
    if (settings->tree.wanted || settings->checks)
        return INPUTS_CONTEXTS;
    if (settings->by == BY_FILE)
        return INPUTS_SPREAD;
    return prints_parts(settings) ? INPUTS_PARTS : INPUTS_TABLE;
}

static void complete_request(struct stats_settings *settings)
{
    struct inputs_request *request = &settings->request;

    request->need = choose_need(settings);
    request->in_seconds = settings->as_pstats;
    request->figure = sort_first_figure(&settings->view.order);
    request->has_edges =
        settings->checks || (view_needs_edges(&settings->view) && request->need == INPUTS_TABLE);
    request->has_recording = settings->suggests;
    if (settings->as_pstats)
        request->how |= TABLE_KEEP_ORDER;
    request->warnings = stderr;
}

/* Adds to the request what the exporter needs of the files. */
static void complete_export(struct stats_settings *settings)
{
    struct inputs_request *request = &settings->request;
    int traits = settings->export.exporter->traits;

    request->has_edges = (traits & EXPORT_HAS_EDGES) != 0;
    request->has_threads = (traits & EXPORT_HAS_THREADS) != 0 || settings->by == BY_THREAD;
    if ((traits & EXPORT_IS_DICTIONARY) != 0 && !settings->as_pstats)
        request->how |= TABLE_DICTIONARY;
    if (settings->tree.min_percent > 0)
        settings->export.min_percent = settings->tree.min_percent;
    settings->export.by_thread = settings->by == BY_THREAD;
}

/* Chooses the order and unit of the report, if the options did not. */
static int complete_view(struct stats_settings *settings, struct message *message)
{
    struct view *view = &settings->view;
    /* A change of any function changes the cumulative time of its callers, so that tells little of them. */
    const char *order =
        settings->request.before != NULL || settings->by == BY_FILE ? "tottime" : "cumulative";

    view->order = settings->rows.order;
    view->colour = !settings->as_pstats && wants_colour();
    if (settings->as_pstats) {
        view->unit = REPORT_UNIT_S;
        return 0;
    }
    if (view->unit != REPORT_UNIT_S) /* that is the text of pstats, which nothing cuts */
        view->width = terminal_width(STDOUT_FILENO);
    return view->order.count > 0 ? 0 : sort_parse(&view->order, order, message);
}

/* Returns 0, or -1 and fills MESSAGE if the exporter does not use an option. */
static int check_exporter(const struct stats_settings *settings, struct message *message)
{
    const struct exporter *exporter = settings->export.exporter;
    int has_contexts = (exporter->traits & (EXPORT_NEEDS_CONTEXTS | EXPORT_TAKES_CONTEXTS)) != 0;

    if (settings->export.weight != EXPORT_TOTTIME && (exporter->traits & EXPORT_HAS_WEIGHT) == 0)
        return message_set(message, "--weight is for formats with one figure, not for %s", exporter->name);
    if (settings->by == BY_THREAD && !has_contexts)
        return message_set(message, "--by=thread is for formats with threads, not for %s", exporter->name);
    if (settings->tree.min_percent > 0 && !has_contexts)
        return message_set(message, "--min-percent is for formats with contexts, not for %s", exporter->name);
    return 0;
}

/* Finds the exporter that the options ask for, if they do. --save is that of one format. Returns 0, or -1 and
 * fills MESSAGE. */
static int choose_exporter(struct stats_settings *settings, struct message *message)
{
    struct export_request *export = &settings->export;

    if (settings->save != NULL) {
        export->path = settings->save;
        export->exporter = exporter_named("prof", message);
    } else if (export->path != NULL && export->exporter == NULL) {
        export->exporter = exporter_for(export->path, message);
        if (export->exporter == NULL)
            return -1;
    }
    return export->exporter != NULL ? check_exporter(settings, message) : 0;
}

enum options_result stats_options_parse(struct stats_settings *settings, int argc, char **argv, int *first,
                                        struct message *message)
{
    enum options_result result;

    *settings = (struct stats_settings){.view.edge_limit = -1,
                                        .view.percent = REPORT_PERCENT_IF_WIDE,
                                        .rows.limit = -1,
                                        .use_pager = 1,
                                        .tree.min_percent = -1};
    result = options_parse(&STATS_COMMAND, argc, argv, settings, first, message);
    if (result != OPTIONS_RUN)
        return result;
    if (*first >= argc && !settings->is_interactive)
        return options_wrong(&STATS_COMMAND, "no FILE given", message);
    if (choose_exporter(settings, message) != 0)
        return options_wrong(&STATS_COMMAND, message->text, message);
    settings->tree.limit = settings->rows.limit;
    if (complete_view(settings, message) != 0)
        return OPTIONS_ERROR;
    complete_request(settings);
    if (settings->export.exporter != NULL)
        complete_export(settings);
    return add_restrictions(settings, message);
}

static int add_option(struct strings *list, const char *name, const char *value)
{
    char *text = NULL;
    int length = asprintf(&text, "--%s=%s", name, value);
    int result = length < 0 ? -1 : strings_add(list, text, (size_t)length);

    if (length >= 0)
        free(text);
    return result;
}

static int add_number(struct strings *list, const char *name, double number)
{
    char text[32];

    snprintf(text, sizeof text, "%.15g", number);
    return add_option(list, name, text);
}

int stats_options_selection(const struct stats_settings *settings, struct strings *list)
{
    const struct selection *selection = &settings->request.selection;
    int result = 0;

    for (size_t i = 0; i < selection->thread_count && result == 0; i++)
        result = add_option(list, "thread", selection->threads[i]);
    for (size_t i = 0; i < selection->process_count && result == 0; i++)
        result = add_number(list, "process", (double)selection->processes[i]);
    if (settings->request.min_time > 0 && result == 0)
        result = add_number(list, "min-time", settings->request.min_time);
    for (size_t i = 0; i < settings->restriction_count && result == 0; i++)
        result = add_option(list, "restrict", settings->restrictions[i]);
    if (settings->rows.limit >= 0 && result == 0)
        result = add_number(list, "limit", (double)settings->rows.limit);
    if (settings->export.min_percent > 0 && result == 0)
        result = add_number(list, "min-percent", settings->export.min_percent);
    return result;
}

void stats_options_free(struct stats_settings *settings)
{
    restrict_free(&settings->view.restrictions);
    selection_free(&settings->request.selection);
    free(settings->restrictions);
}
