/*
 * profile_options.c - see profile_options.h.
 */
#include "cli/commands/profile_options.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/record/timer_names.h"
#include "cli/table/sort.h"
#include "runtime/format/settings.h"

#define CLOCKS "every sampled none"

static enum options_result take_out(void *target, const char *value, struct message *message)
{
    if (value[0] == '\0') {
        message_set(message, "'' is no file name");
        return OPTIONS_ERROR;
    }
    ((struct settings *)target)->out = value;
    return OPTIONS_RUN;
}

static enum options_result take_max_contexts(void *target, const char *value, struct message *message)
{
    return options_count(&((struct settings *)target)->max_contexts, value, "contexts", message);
}

static enum options_result take_clock(void *target, const char *value, struct message *message)
{
    static const char *const names[] = {
        [IMAGE_READS_EVERY] = "every", [IMAGE_READS_SAMPLED] = "sampled", [IMAGE_READS_NONE] = "none"};

    for (int reads = IMAGE_READS_EVERY; reads <= IMAGE_READS_NONE; reads++)
        if (strcmp(value, names[reads]) == 0) {
            ((struct settings *)target)->reads = (enum image_reads)reads;
            return OPTIONS_RUN;
        }
    message_set(message, "'%s' is none of " CLOCKS, value);
    return OPTIONS_ERROR;
}

static enum options_result take_bias(void *target, const char *value, struct message *message)
{
    char *end;
    double bias = strtod(value, &end);

    if (end == value || *end != '\0' || !(bias >= 0) || !isfinite(bias)) {
        message_set(message, "'%s' is no number of nanoseconds", value);
        return OPTIONS_ERROR;
    }
    ((struct settings *)target)->bias = bias;
    return OPTIONS_RUN;
}

static enum options_result take_timer(void *target, const char *value, struct message *message)
{
    ((struct settings *)target)->timer = value;
    return timer_parse(value, message) == 0 ? OPTIONS_RUN : OPTIONS_ERROR;
}

static enum options_result take_calibrate(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->calibrate = 1;
    return OPTIONS_RUN;
}

static enum options_result take_cflags(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->cflags = 1;
    return OPTIONS_RUN;
}

static enum options_result take_cc(void *target, const char *value, struct message *message)
{
    (void)message;
    ((struct settings *)target)->compiler = value;
    return OPTIONS_RUN;
}

static enum options_result take_paused(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->is_paused = 1;
    return OPTIONS_RUN;
}

/* Until it starts at a function, the program is as if it had been started paused. */
static enum options_result take_start_at(void *target, const char *value, struct message *message)
{
    ((struct settings *)target)->points.start = value;
    return take_paused(target, NULL, message);
}

static enum options_result take_stop_at(void *target, const char *value, struct message *message)
{
    (void)message;
    ((struct settings *)target)->points.stop = value;
    return OPTIONS_RUN;
}

static enum options_result take_filter(void *target, const char *name, const char *value,
                                       struct message *message)
{
    return filters_take(&((struct settings *)target)->filters, name, value, message) == 0 ? OPTIONS_RUN
                                                                                          : OPTIONS_ERROR;
}

static enum options_result take_only(void *target, const char *value, struct message *message)
{
    return take_filter(target, "only", value, message);
}

static enum options_result take_exclude(void *target, const char *value, struct message *message)
{
    return take_filter(target, "exclude", value, message);
}

static enum options_result take_depth(void *target, const char *value, struct message *message)
{
    return take_filter(target, "depth", value, message);
}

static enum options_result take_min_time(void *target, const char *value, struct message *message)
{
    return take_filter(target, "min-time", value, message);
}

static enum options_result take_throttle(void *target, const char *value, struct message *message)
{
    return take_filter(target, "throttle", value, message);
}

static enum options_result take_filters(void *target, const char *value, struct message *message)
{
    return filters_read(&((struct settings *)target)->filters, value, message) == 0 ? OPTIONS_RUN
                                                                                    : OPTIONS_ERROR;
}

static enum options_result take_wait(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;

    settings->wait_all = strcmp(value, "all") == 0;
    if (settings->wait_all || strcmp(value, "program") == 0)
        return OPTIONS_RUN;
    message_set(message, "'%s' is neither program nor all", value);
    return OPTIONS_ERROR;
}

static enum options_result take_recover(void *target, const char *value, struct message *message)
{
    (void)value, (void)message;
    ((struct settings *)target)->recover = 1;
    return OPTIONS_RUN;
}

static const struct option_spec OPTIONS[] = {
    {"output", 'o', "FILE", "save the profile in FILE, for stats, instead of printing it", OPTIONS_FILE,
     take_out},
    {"sort", 's', "KEY[,KEY...]", "order the printed report by KEY (default: cumulative):\n" SORT_KEYS,
     SORT_KEYS, row_options_take_sort},
    {"limit", 'n', "N", "print the first N rows of the report", NULL, row_options_take_limit},
    {"wait", 'w', "WHOM", "wait for the program (the default), or for all its descendants too: program, all",
     "program all", take_wait},
    {"recover", 0, NULL,
     "finish what a profile command that was killed has left, in the directory that is named instead of a "
     "program, or "
     "else in the first that is found",
     NULL, take_recover},
    {"paused", 0, NULL, "record nothing until profile ctl says resume", NULL, take_paused},
    {"start-at", 0, "FUNCTION",
     "record nothing until FUNCTION is called; and, without --stop-at, nothing more when that call has "
     "returned, until the next",
     NULL, take_start_at},
    {"stop-at", 0, "FUNCTION", "record nothing more as soon as FUNCTION is called, that call included", NULL,
     take_stop_at},
    {"max-contexts", 0, "N",
     "keep at most N calling contexts a process (default: 4194304, which take 256 MiB); what is called "
     "beyond them is "
     "kept by caller alone",
     NULL, take_max_contexts},
    {"clock", 0, "WHEN",
     "read the clock at both ends of every call; or, which is the default, of some calls of functions that "
     "have proved "
     "hot and short, and every call of all others; or never. Calls are counted all the same: " CLOCKS,
     CLOCKS, take_clock},
    {"timer", 0, "TIMER",
     "measure TIMER instead of the time that passes: the thread's CPU time, or beside "
     "that what it waited (wall,cpu), its page faults, the bytes "
     "that it asks malloc for, an event that perf(1) knows, or what FUNCTION of a shared library returns, a "
     "uint64_t that does not get less, in "
     "UNITs or in ns, us, ms or s. Timers: " TIMER_NAMES " rNNN LIBRARY:FUNCTION[:UNIT]",
     TIMER_NAMES, take_timer},
    {"only", 0, "PATTERN",
     "record only the functions that match PATTERN: a shell's pattern or a /regular expression/, for the "
     "file "
     "if it has a slash inside or ends as a source file does, else for the function's name as stats prints "
     "it; "
     "may be repeated",
     NULL, take_only},
    {"exclude", 0, "PATTERN",
     "leave out the functions that match PATTERN: their calls vanish, their time is their callers', and so "
     "is "
     "whom they call; may be repeated",
     NULL, take_exclude},
    {"depth", 0, "N", "leave out calls when N that are recorded are on the stack", NULL, take_depth},
    {"min-time", 0, "T",
     "leave out of the profile the calling contexts that took less than T (as 10us) in a thread", NULL,
     take_min_time},
    {"throttle", 0, "[=CALLS[:NS]]",
     "after CALLS calls (default: 100000) leave out the functions that take less than NS nanoseconds a call "
     "themselves (default: than recording a call does), from then on",
     NULL, take_throttle},
    {"filter", 0, "FILE",
     "take only, exclude, depth, min-time and throttle from FILE, one to a line; # begins a comment", "FILE",
     take_filters},
    {"bias", 0, "NS",
     "take NS nanoseconds (or what the timer counts) a call out of the times for what recording costs, "
     "instead of "
     "what is measured at the start",
     NULL, take_bias},
    {"calibrate", 0, NULL, "print what recording costs a call on this machine, and run no program", NULL,
     take_calibrate},
    {"cflags", 0, NULL,
     "print the flags by which the compiler instruments a program, without what headers of the system "
     "define as far as it can leave that out, and run no program",
     NULL, take_cflags},
    {"cc", 0, "COMPILER", "the compiler that --cflags is for (default: $CC, or cc): gcc, clang or a command",
     "gcc clang", take_cc},
    {"help", 'h', NULL, "print this help and exit", NULL, options_take_help},
    {"version", 'V', NULL, "print the version and exit", NULL, options_take_version},
    {"completion", 0, "SHELL", NULL, OPTIONS_SHELLS, options_take_completion},
};

const struct command PROFILE_COMMAND = {
    .name = "profile",
    .usage = "[options] [--] PROGRAM [ARGUMENT...]\n       profile ctl PID pause|resume|reset|snapshot FILE",
    .description =
        "Runs PROGRAM, which was compiled with -finstrument-functions, and records how often each of its "
        "functions is called and how long it takes. Without -o the report is printed to standard error when "
        "the program ends.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .stop_at_operand = 1,
    .examples = "cc -O2 -g -finstrument-functions prog.c -o prog\n"
                "profile ./prog                          run it and print the report\n"
                "profile -o out.prof ./prog input.txt    run it and save the profile\n"
                "stats out.prof --sort tottime           read it",
    .exit_status = "that of PROGRAM; it is ended by the same signal if PROGRAM was\n"
                   "1    PROGRAM could not be profiled, and was not run\n"
                   "2    wrong usage\n"
                   "126  PROGRAM could not be run\n"
                   "127  PROGRAM was not found",
    .operand_kind = OPTIONS_PROGRAM,
};

enum options_result profile_options_parse(struct settings *settings, int argc, char **argv, int *first,
                                          struct message *message)
{
    enum options_result result;

    *settings = (struct settings){.rows.limit = -1, .bias = -1, .max_contexts = -1};
    result = options_parse(&PROFILE_COMMAND, argc, argv, settings, first, message);
    if (result != OPTIONS_RUN)
        return result;
    if (*first >= argc && !settings->recover && !settings->calibrate && !settings->cflags)
        return options_wrong(&PROFILE_COMMAND, "no PROGRAM given", message);
    if (timer_needs_every(settings->timer) && settings->reads != 0 && settings->reads != IMAGE_READS_EVERY)
        return options_wrong(
            &PROFILE_COMMAND,
            "--timer wall,cpu takes --clock every, for it finds who waits by timing every call", message);
    return OPTIONS_RUN;
}

/* The runtime's settings, as PROFILE_OPTIONS has them: the timer is the last. */
static int write_runtime(const struct settings *settings, FILE *stream, const char *timer)
{
    const struct filters *filters = &settings->filters;

    if (settings->max_contexts >= 0)
        fprintf(stream, SETTING_MAX_CONTEXTS "%" PRId64 ",", settings->max_contexts);
    if (settings->reads != 0)
        fprintf(stream, SETTING_READS "%d,", (int)settings->reads);
    if (settings->is_paused)
        fputs(SETTING_PAUSED "1,", stream);
    if (filters->count > 0) /* the runtime asks for what they mean, a module at a time */
        fputs(SETTING_FILTERS "1,", stream);
    if (filters->depth > 0)
        fprintf(stream, SETTING_DEPTH "%" PRId64 ",", (int64_t)filters->depth);
    if (filters->throttle_calls > 0)
        fprintf(stream, SETTING_THROTTLE_CALLS "%" PRId64 ",", (int64_t)filters->throttle_calls);
    if (filters->throttle_ns > 0)
        fprintf(stream, SETTING_THROTTLE_NS "%" PRId64 ",", (int64_t)filters->throttle_ns);
    return timer == NULL || fputs(timer, stream) >= 0 ? 0 : -1;
}

static int complete_runtime(struct settings *settings, struct message *message)
{
    char *timer = NULL;
    size_t size = 0;
    FILE *stream = NULL;
    int result = settings->timer != NULL ? timer_option(settings->timer, &timer, message) : 0;

    if (result == 0 && (stream = open_memstream(&settings->runtime, &size)) == NULL)
        result = message_no_memory(message);
    if (stream != NULL) {
        result = write_runtime(settings, stream, timer);
        if (fclose(stream) != 0 || result != 0)
            result = message_no_memory(message);
        else if (size >= PATH_MAX)
            result = message_set(message, "the timer's path is too long");
    }
    if (result == 0 && size == 0) {
        free(settings->runtime);
        settings->runtime = NULL;
    }
    free(timer);
    return result;
}

int profile_options_complete(struct settings *settings, struct message *message)
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

void profile_options_free(struct settings *settings)
{
    restrict_free(&settings->restrictions);
    filters_free(&settings->filters);
    free(settings->runtime);
    free(settings->absolute_out);
}
