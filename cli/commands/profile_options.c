/*
 * profile_options.c - the options of `profile`. See profile_options.h.
 */
#include "cli/commands/profile_options.h"

#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/commands/build_options.h"
#include "cli/control/ctl.h"
#include "cli/record/sample_cost.h"
#include "cli/record/sampling.h"
#include "cli/record/timer_names.h"
#include "cli/table/sort.h"
#include "runtime/format/settings.h"

#define CLOCKS "every sampled none" /* from IMAGE_READS_EVERY on */

#define FIELD(name) .offset = offsetof(struct profile_settings, name)

static int take_timer(const struct option_spec *option, void *field, const char *value,
                      struct message *message)
{
    (void)option;
    *(const char **)field = value;
    return timer_parse(value, message);
}

/* Takes an option that a file of filters may have too. */
static int take_filter(const struct option_spec *option, void *field, const char *value,
                       struct message *message)
{
    return filters_take(field, option->name, value, message);
}

static int take_filter_file(const struct option_spec *option, void *field, const char *value,
                            struct message *message)
{
    (void)option;
    return filters_read(field, value, message);
}

static int take_cflags(const struct option_spec *option, void *field, const char *value,
                       struct message *message)
{
    (void)option;
    if (value != NULL && strcmp(value, "every-function") != 0)
        return message_set(message, "unknown value '%s' (use --cflags or --cflags=every-function)", value);
    *(enum compiler_flags *)field = value == NULL ? COMPILER_AFTER_INLINING : COMPILER_EVERY_FUNCTION;
    return 0;
}

static const struct option_spec OPTIONS[] = {
    {"output", 'o', "FILE", "save the profile in FILE instead of printing a report", OPTIONS_FILE,
     OPTION_PATH, FIELD(out)},
    {"sort", 's', "KEY[,KEY...]", "order the report by KEY (default: cumulative):\n" SORT_KEYS, SORT_KEYS,
     OPTION_CALL, FIELD(rows.order), .take = row_options_take_sort},
    {"limit", 'n', "NUMBER", "print only the first NUMBER rows of the report", NULL, OPTION_COUNT,
     FIELD(rows.limit), .noun = "row count"},
    {"wait", 'w', "WHOM",
     "wait for the program alone (program, the default) or also for the processes that it starts (all)",
     "program all", OPTION_CHOICE, FIELD(wait_all)},
    {"exec", 0, NULL,
     "become the program, which so has the process ID of profile; another process saves the profile when it "
     "has "
     "ended",
     NULL, OPTION_FLAG, FIELD(exec)},
    {"recover", 0, NULL,
     "save the profile that a killed profile command left in DIRECTORY (default: the first one that is "
     "found)",
     NULL, OPTION_FLAG, FIELD(recover)},
    {"paused", 0, NULL, "start paused: record nothing until profile ctl PID resume", NULL, OPTION_FLAG,
     FIELD(is_paused)},
    {"start-at", 0, "FUNCTION",
     "start recording when FUNCTION is called; stop when it returns or, with --stop-at, when that function "
     "is called",
     NULL, OPTION_TEXT, FIELD(points.start)},
    {"stop-at", 0, "FUNCTION", "stop recording when FUNCTION is called, before that call", NULL, OPTION_TEXT,
     FIELD(points.stop)},
    {"max-contexts", 0, "NUMBER",
     "keep at most NUMBER calling contexts in a process (default: 4194304, which take 256 MiB)", NULL,
     OPTION_COUNT, FIELD(max_contexts), .noun = "context count"},
    {"clock", 0, "WHEN",
     "choose the calls to time: every; sampled, which times some calls only of short functions that are "
     "called often (default); or none. All calls are counted",
     CLOCKS, OPTION_CHOICE, FIELD(reads), .number = IMAGE_READS_EVERY, .noun = "clock"},
    {"frequency", 0, "NUMBER",
     "sample each thread NUMBER times in a second of CPU time (default: 4000), to learn where the time of "
     "calls passes that are not timed; 0: never",
     NULL, OPTION_COUNT, FIELD(frequency), .noun = "frequency"},
    {"sampler", 0, "WHO",
     "choose who takes the samples: perf, the kernel by perf_event_open; timer, a timer of each thread; "
     "none; "
     "or auto, the first of these that works (default)",
     "auto perf timer none", OPTION_CHOICE, FIELD(sampler), .noun = "sampler"},
    {"timer", 0, "TIMER",
     "measure TIMER instead of the time that passes: another clock, an event that perf(1) knows, or the "
     "result of FUNCTION in a shared library:\n" TIMER_NAMES " rNNN LIBRARY:FUNCTION[:UNIT]",
     TIMER_NAMES, OPTION_CALL, FIELD(timer), .take = take_timer},
    {"only", 0, "PATTERN",
     "record only functions whose name or file matches PATTERN, a shell pattern or a /regular expression/; "
     "may be repeated",
     NULL, OPTION_CALL, FIELD(filters), .take = take_filter},
    {"exclude", 0, "PATTERN",
     "leave out functions that match PATTERN and count their time for their callers; may be repeated", NULL,
     OPTION_CALL, FIELD(filters), .take = take_filter},
    {"depth", 0, "NUMBER", "leave out calls that are nested deeper than NUMBER recorded calls", NULL,
     OPTION_CALL, FIELD(filters), .take = take_filter},
    {"min-time", 0, "TIME", "leave out calling contexts that took less than TIME (as 10us) in a thread", NULL,
     OPTION_CALL, FIELD(filters), .take = take_filter},
    {"throttle", 0, "[=CALLS[:NS]]",
     "leave out functions that take less than NS nanoseconds a call (default: the cost of recording a call), "
     "once they were called CALLS times (default: 100000)",
     NULL, OPTION_CALL, FIELD(filters), .take = take_filter},
    {"filter", 0, "FILE",
     "read --only, --exclude, --depth, --min-time and --throttle from FILE, one to a line; # begins a "
     "comment",
     "FILE", OPTION_CALL, FIELD(filters), .take = take_filter_file},
    {"bias", 0, "NS", "subtract NS nanoseconds a call as the cost of recording (default: as measured)", NULL,
     OPTION_NUMBER, FIELD(bias), .noun = "bias"},
    {"calibrate", 0, NULL, "print the cost of recording a call on this machine and exit", NULL, OPTION_FLAG,
     FIELD(calibrate)},
    {"cflags", 0, "[=every-function]",
     "print the compiler's flags that instrument a program and exit: after the compiler has inlined "
     "functions, if it can; or every function",
     "every-function", OPTION_CALL, FIELD(cflags), .take = take_cflags},
    {"cc", 0, "COMPILER", "choose the compiler for --cflags: gcc, clang or a command (default: $CC or cc)",
     "gcc clang", OPTION_TEXT, FIELD(compiler)},
    OPTIONS_COMMON,
    OPTIONS_COMPLETION,
};

/* The options for a program that is to be run. */
#define RUN_OPTIONS                                                                                          \
    "wait exec paused start-at stop-at max-contexts only exclude depth min-time throttle filter frequency "  \
    "sampler"

/* An option that would do nothing is refused. */
static const struct option_rule RULES[] = {
    {"output", "sort limit", NULL},
    {"recover", RUN_OPTIONS " clock timer calibrate cflags cc", NULL},
    {"calibrate", RUN_OPTIONS " output sort limit bias cflags cc", NULL},
    {"cflags", RUN_OPTIONS " output sort limit bias clock timer", NULL},
    {"cc", NULL, "cflags"},
    {"exec", "wait", NULL},
    {"exec", NULL, "output"},
    {"clock=none", "frequency sampler", NULL},
};

const struct command PROFILE_COMMAND = {
    .name = "profile",
    .usage = "[OPTION...] [--] PROGRAM [ARGUMENT...]\n"
             "COMPILER [ARGUMENT...]\n"
             "build COMMAND [ARGUMENT...]\n"
             "ctl [--tree] PID pause|resume|reset\n"
             "ctl PID snapshot FILE\n"
             "--recover [-o FILE] [DIRECTORY]\n"
             "--calibrate [--clock WHEN] [--timer TIMER]\n"
             "--cflags[=every-function] [--cc COMPILER]",
    .description =
        "Runs PROGRAM, which must be compiled by profile COMPILER, and records how often each of its "
        "functions is "
        "called and how long it takes. Without -o, prints a report to standard error when the program ends. "
        "COMPILER is cc, c++, gcc, g++, clang, clang++ or gfortran, and gets flags that instrument the "
        "program.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .rules = RULES,
    .rule_count = sizeof RULES / sizeof *RULES,
    .stop_at_operand = 1,
    .examples = "profile cc -O2 prog.c -o prog            compile it\n"
                "profile ./prog                          run it and print a report\n"
                "profile -o out.prof ./prog input.txt    run it and save the profile\n"
                "stats out.prof --sort tottime           print it, slowest functions first",
    .exit_status = "that of PROGRAM or COMPILER; a signal that ends PROGRAM ends profile too\n"
                   "1    PROGRAM cannot be profiled, and was not run\n"
                   "2    wrong usage\n"
                   "126  PROGRAM cannot be run\n"
                   "127  PROGRAM was not found",
    .operand_kind = OPTIONS_PROGRAM,
    .first_words = BUILD_WORD " " CTL_WORD,
};

enum options_result profile_options_parse(struct profile_settings *settings, int argc, char **argv,
                                          int *first, struct message *message)
{
    enum options_result result;

    *settings = (struct profile_settings){.rows.limit = -1, .bias = -1, .max_contexts = -1, .frequency = -1};
    result = options_parse(&PROFILE_COMMAND, argc, argv, settings, first, message);
    if (result != OPTIONS_RUN)
        return result;
    if (*first >= argc && !settings->recover && !settings->calibrate && !settings->cflags)
        return options_wrong(&PROFILE_COMMAND, "no PROGRAM given", message);
    if (timer_needs_every(settings->timer) && settings->reads != 0 && settings->reads != IMAGE_READS_EVERY)
        return options_wrong(
            &PROFILE_COMMAND,
            "--timer wall,cpu needs --clock every: it times every call to find those that wait", message);
    return OPTIONS_RUN;
}

/* Under filters of system calls, asking the kernel for samples may be deadly. */
static void write_sampler(const struct profile_settings *settings, FILE *stream)
{
    uint32_t filters = sampling_filters();
    int sampler = settings->sampler;

    if (filters > 0)
        fprintf(stream, SETTING_SECCOMP "%" PRIu32 ",", filters);
    if (sampler <= SETTING_SAMPLER_PERF && sampling_kills())
        sampler = sampler == SETTING_SAMPLER_PERF ? SETTING_SAMPLER_NONE : SETTING_SAMPLER_TIMER;
    if (sampler <= SETTING_SAMPLER_PERF && settings->frequency != 0)
        fprintf(stream, SETTING_SAMPLE_COST "%" PRIu32 ",", sample_cost());
    if (sampler != SETTING_SAMPLER_AUTO)
        fprintf(stream, SETTING_SAMPLER "%d,", sampler);
}

/* Writes the settings of the runtime as PROFILE_OPTIONS has them. TIMER, which may be NULL, must be the last.
 */
static int write_runtime(const struct profile_settings *settings, FILE *stream, const char *timer)
{
    const struct filters *filters = &settings->filters;

    if (settings->max_contexts >= 0)
        fprintf(stream, SETTING_MAX_CONTEXTS "%" PRId64 ",", settings->max_contexts);
    if (settings->frequency >= 0)
        fprintf(stream, SETTING_FREQUENCY "%" PRId64 ",", settings->frequency);
    write_sampler(settings, stream);
    if (settings->reads != 0)
        fprintf(stream, SETTING_READS "%d,", (int)settings->reads);
    if (settings->is_paused || settings->points.start != NULL)
        fputs(SETTING_PAUSED "1,", stream);
    if (filters->count > 0) /* the runtime asks the resolver, a module at a time */
        fputs(SETTING_FILTERS "1,", stream);
    if (filters->depth > 0)
        fprintf(stream, SETTING_DEPTH "%" PRId64 ",", (int64_t)filters->depth);
    if (filters->throttle_calls > 0)
        fprintf(stream, SETTING_THROTTLE_CALLS "%" PRId64 ",", (int64_t)filters->throttle_calls);
    if (filters->throttle_ns > 0)
        fprintf(stream, SETTING_THROTTLE_NS "%" PRId64 ",", (int64_t)filters->throttle_ns);
    return timer == NULL || fputs(timer, stream) >= 0 ? 0 : -1;
}

/* Sets settings->runtime to PROFILE_OPTIONS; NULL if it would be empty. Returns 0, or -1 and fills MESSAGE.
 */
static int print_runtime(struct profile_settings *settings, const char *timer, struct message *message)
{
    size_t size = 0;
    FILE *stream = open_memstream(&settings->runtime, &size);
    int result;

    if (stream == NULL)
        return message_no_memory(message);
    result = write_runtime(settings, stream, timer);
    if (fclose(stream) != 0 || result != 0)
        return message_no_memory(message);
    if (size >= PATH_MAX)
        return message_set(message, "the timer's path is too long");
    if (size == 0) {
        free(settings->runtime);
        settings->runtime = NULL;
    }
    return 0;
}

static int complete_runtime(struct profile_settings *settings, struct message *message)
{
    char *timer = NULL;
    int result;

    if (settings->timer != NULL && timer_option(settings->timer, &timer, message) != 0)
        return -1;
    result = print_runtime(settings, timer, message);
    free(timer);
    return result;
}

int profile_options_complete(struct profile_settings *settings, struct message *message)
{
    if (complete_runtime(settings, message) != 0)
        return -1;
    if (settings->out != NULL &&
        (settings->out = settings->absolute_out = output_path(settings->out, message)) == NULL)
        return -1;
    if (settings->rows.limit >= 0 &&
        restrict_add_count(&settings->restrictions, settings->rows.limit, message) != 0)
        return -1;
    return settings->rows.order.count > 0 ? 0 : sort_parse(&settings->rows.order, "cumulative", message);
}

void profile_options_free(struct profile_settings *settings)
{
    restrict_free(&settings->restrictions);
    filters_free(&settings->filters);
    free(settings->runtime);
    free(settings->absolute_out);
}
