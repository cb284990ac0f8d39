/*
 * profile.c - the command `profile`: runs a program and saves, or prints, its profile.
 *
 * options -> preflight -> spool -> program -> images -> symbols -> out.prof or report. Whatever happens to
 * the profile, the exit status is the program's; our own are 1 for a failure before the program ran, 2 for a
 * wrong use, 126 and 127 as the shells have them.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compensate.h"
#include "compiler.h"
#include "costs.h"
#include "ctl.h"
#include "filter_resolve.h"
#include "filters.h"
#include "launch.h"
#include "notes.h"
#include "options.h"
#include "output.h"
#include "points.h"
#include "preflight.h"
#include "recover.h"
#include "report.h"
#include "restrict.h"
#include "row_options.h"
#include "runtime/image.h"
#include "sort.h"
#include "spool.h"
#include "symbolize.h"
#include "timer.h"

#define CLOCKS "every sampled none"

enum { STATUS_FAILURE = 1, STATUS_USAGE = 2 };

struct settings {
    struct row_options rows; /* of the report; first, as its handlers want it */
    const char *out;         /* NULL: print */
    struct restrictions restrictions;
    struct points points;
    struct filters filters;
    int wait_all;
    int recover;
    char runtime[256];      /* options for the runtime, or "" */
    const char *timer;      /* as the user calls it */
    enum image_reads reads; /* 0: as is best for the timer */
    char *full_runtime;     /* all that the runtime is told, or NULL */
    double bias; /* ns, or what the timer counts, that recording costs a call; negative: as it was measured */
    int calibrate;
    int cflags;
    const char *compiler; /* NULL: what CC says, or cc */
};

static enum options_result take_out(void *target, const char *value, struct message *message)
{
    if (value[0] == '\0') {
        message_set(message, "'' is no file name");
        return OPTIONS_ERROR;
    }
    ((struct settings *)target)->out = value;
    return OPTIONS_RUN;
}

/* Adds a setting of the runtime's. */
static enum options_result add_runtime(struct settings *settings, const char *name, int64_t value)
{
    size_t used = strlen(settings->runtime);

    snprintf(settings->runtime + used, sizeof settings->runtime - used, "%s%s=%" PRId64, used > 0 ? "," : "",
             name, value);
    return OPTIONS_RUN;
}

static enum options_result take_max_contexts(void *target, const char *value, struct message *message)
{
    struct settings *settings = target;
    int64_t count;

    if (options_count(&count, value, "contexts", message) != OPTIONS_RUN)
        return OPTIONS_ERROR;
    return add_runtime(settings, "max-contexts", count);
}

static enum options_result take_clock(void *target, const char *value, struct message *message)
{
    static const char *const names[] = {
        [IMAGE_READS_EVERY] = "every", [IMAGE_READS_SAMPLED] = "sampled", [IMAGE_READS_NONE] = "none"};

    for (int reads = IMAGE_READS_EVERY; reads <= IMAGE_READS_NONE; reads++)
        if (strcmp(value, names[reads]) == 0) {
            ((struct settings *)target)->reads = (enum image_reads)reads;
            return add_runtime(target, "reads", reads);
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
    return add_runtime(target, "paused", 1);
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

static const struct command COMMAND = {
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

/* Names in the text may come from files: message_set() makes them harmless. */
static void complain(const char *text)
{
    struct message shown;

    message_set(&shown, "%s", text);
    fprintf(stderr, "%s: %s\n", COMMAND.name, shown.text);
}

/* The runtime lies beside this program, as it was built, or in the lib directory beside its bin. */
static char *find_library(const struct settings *settings, struct message *message)
{
    static const char *const places[] = {"", "../lib/", "../lib64/"};
    const char *name = timer_library(settings->timer);
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash, *path;

    self[length > 0 ? length : 0] = '\0';
    slash = strrchr(self, '/');
    for (size_t i = 0; slash != NULL && i < sizeof places / sizeof *places; i++) {
        if (asprintf(&path, "%.*s/%s%s", (int)(slash - self), self, places[i], name) < 0)
            break;
        if (access(path, R_OK) == 0)
            return path;
        free(path);
    }
    message_set(message, "%s is neither beside %s nor in the lib directory beside it: install it again", name,
                self);
    return NULL;
}

/* The loader takes spaces and colons in LD_PRELOAD for separators: such a path gets a link in the spool. */
static char *preloadable(char *library, const struct spool *spool, struct message *message)
{
    char *link = NULL;

    if (strpbrk(library, " :") == NULL)
        return library;
    if (asprintf(&link, "%s/libprofile.so", spool->path) < 0 || symlink(library, link) != 0) {
        message_set(message, "cannot link %s into %s: %s", library, spool->path, strerror(errno));
        free(link);
        link = NULL;
    }
    free(library);
    return link;
}

static int print_report(const struct settings *settings, const struct profile *profile,
                        struct message *message)
{
    struct table table = {0};
    struct table_list list = {0};
    char label[SORT_LABEL_MAX];
    struct notes notes = {0};
    int result = -1;

    if (table_add(&table, profile, message) == 0 && table_finish(&table, 1, message) == 0 &&
        table_list(&table, &list, message) == 0) {
        sort_apply(&settings->rows.order, 0, &list);
        sort_label(&settings->rows.order, label);
        result = restrict_apply(&settings->restrictions, &list, message);
    }
    if (result == 0) {
        report_print(stderr, &(struct report){.table = &table, .list = &list, .order = label});
        notes_add_throttled(&notes, profile);
        notes_print_throttled(&notes, COMMAND.name, stderr);
    }
    table_list_free(&list);
    table_free(&table);
    return result;
}

/* Recording costs NS nanoseconds, or what the timer counts, a call, all of them in the call's own time. */
static int set_bias(struct profile *profile, double ns, struct message *message)
{
    for (size_t i = 0; i < profile->process_count; i++) {
        double tick = profile_tick(&profile->processes[i]);
        double ticks = tick > 0 ? ns / tick : 0;

        profile->processes[i].costs =
            (struct profile_costs){.inside = ticks, .sampled = ticks, .outside = 0, .unclocked = ticks};
    }
    for (size_t i = 0; i < profile->thread_count; i++)
        if (profile_compensate(profile, &profile->threads[i]) != 0)
            return message_set(message, "not enough memory for the profile");
    return 0;
}

/* From the images of the spool to the file or the report. What cannot go there is not thrown away with the
 * spool. */
static int save(const struct settings *settings, struct spool *spool, const struct launch *launch,
                struct message *message)
{
    struct profile profile = {0};
    struct notes notes = {0};
    int result =
        spool_load(spool, &profile, launch->pid, &launch->end, launch->exit != PROFILE_EXIT_UNKNOWN, message);

    if (result == 0 && profile.process_count == 0) {
        for (size_t i = 0; i < profile.warning_count; i++)
            complain(profile.warnings[i]);
        profile_free(&profile);
        return message_set(message,
                           "%s made no calls that can be recorded: compile it with -finstrument-functions -g",
                           launch->words != NULL ? launch->words[0] : "the program");
    }
    if (result == 0 && settings->bias >= 0)
        result = set_bias(&profile, settings->bias, message);
    if (result == 0)
        result = filter_conclude(spool, &profile, message);
    if (result == 0) {
        launch_tell_ends(launch, &profile);
        result = profile_symbolize(&profile, message);
    }
    for (size_t i = 0; i < profile.warning_count; i++)
        complain(profile.warnings[i]);
    notes_add(&notes, &profile);
    notes_print_clock(&notes, COMMAND.name, stderr);
    if (result == 0)
        result = settings->out != NULL ? output_write(settings->out, &profile, message)
                                       : print_report(settings, &profile, message);
    if (result != 0 && profile.process_count > 0)
        spool_keep(spool, message);
    profile_free(&profile);
    return result;
}

/* What can be recovered if we are killed; without it we go on all the same. */
struct note {
    struct spool *spool;
    const char *out;
};

static void note_launch(void *argument, pid_t pid)
{
    const struct note *note = argument;
    struct message message;

    if (recover_note(note->spool, pid, note->out, &message) != 0)
        complain(message.text);
}

/* All that can be known to fail is tried before the program runs. Returns the status to exit with if it has
 * not run. */
static int run(struct settings *settings, struct launch *launch, struct spool *spool, struct message *message)
{
    struct preflight program = {0};
    char *library = NULL;
    int status = STATUS_FAILURE;
    int problem;

    if (settings->out != NULL && output_check(settings->out, message) != 0)
        return STATUS_FAILURE;
    if ((problem = preflight(&program, launch->words[0], message)) != PREFLIGHT_OK) {
        status = problem;
    } else if (timer_check_program(settings->timer, program.path, message) == 0 &&
               spool_open(spool, message) == 0 &&
               filter_prepare(&settings->filters, spool, program.path, message) == 0 &&
               (library = find_library(settings, message)) != NULL &&
               (library = preloadable(library, spool, message)) != NULL &&
               points_write(&settings->points, program.path, spool, complain, message) == 0) {
        launch->path = program.path;
        launch->library = program.keeps_preload_out ? NULL : library;
        launch->spool = spool->path;
        status = launch_run(launch, message) == 0 ? 0 : (int)launch->exit_value;
    }
    free(program.path);
    free(library);
    launch->path = launch->library = NULL;
    return status;
}

/* Finishes the spool that another profile command has left. Returns the status to exit with. */
static int recover(struct settings *settings, const char *directory, struct message *message)
{
    struct leftover leftover;
    struct launch launch = {0};
    int result = recover_find(&leftover, directory, message);

    if (result == 0) {
        launch.pid = leftover.program;
        launch.end = launch_anchor();
        if (settings->out == NULL)
            settings->out = leftover.out;
        result = save(settings, &leftover.spool, &launch, message);
        if (result == 0)
            spool_close(&leftover.spool);
        if (result == 0 && settings->out != NULL)
            fprintf(stderr, "%s: recovered %s\n", COMMAND.name, settings->out);
        free(leftover.out);
    }
    if (result != 0)
        complain(message->text);
    return result == 0 ? 0 : STATUS_FAILURE;
}

static int print_about(const struct command *command, enum options_result what)
{
    options_print(command, what, stdout);
    return fflush(stdout) == 0 ? 0 : STATUS_FAILURE;
}

/* Prints how to compile. Returns the status to exit with. */
static int print_cflags(const struct settings *settings, struct message *message)
{
    struct compiler compiler;

    if (compiler_find(&compiler, settings->compiler, message) == 0 &&
        compiler_print_flags(&compiler, stdout, message) == 0)
        return fflush(stdout) == 0 ? 0 : STATUS_FAILURE;
    complain(message->text);
    return STATUS_FAILURE;
}

/* The command `profile ctl`. Returns the status to exit with. */
static int control(int argc, char **argv)
{
    struct profile profile = {0};
    struct message message = {""};
    struct ctl ctl;
    int first, result;
    enum options_result parsed = options_parse(&CTL_COMMAND, argc, argv, NULL, &first, &message);

    if (parsed == OPTIONS_RUN)
        parsed = ctl_parse(&ctl, argv + first, argc - first, &message);
    if (parsed == OPTIONS_ERROR) {
        complain(message.text);
        return STATUS_USAGE;
    }
    if (parsed != OPTIONS_RUN)
        return print_about(&CTL_COMMAND, parsed);
    result = ctl_do(&ctl, &profile, &message);
    for (size_t i = 0; i < profile.warning_count; i++)
        complain(profile.warnings[i]);
    profile_free(&profile);
    if (result != 0)
        complain(message.text);
    return result == 0 ? 0 : STATUS_FAILURE;
}

/* Prints what calls cost here. Returns the status to exit with. */
static int calibrate(const struct settings *settings, struct message *message)
{
    struct spool spool = {""};
    char *library = find_library(settings, message);
    int result = library != NULL && spool_open(&spool, message) == 0 ? 0 : -1;

    if (result == 0)
        result = costs_print(stdout, library, &spool, settings->full_runtime, message);
    if (result != 0)
        complain(message->text);
    spool_close(&spool);
    free(library);
    return result == 0 && fflush(stdout) == 0 ? 0 : STATUS_FAILURE;
}

/* What the runtime must know of the filters: the patterns it asks for, a module at a time. */
static void tell_filters(struct settings *settings)
{
    const struct filters *filters = &settings->filters;

    if (filters->count > 0)
        add_runtime(settings, "filters", 1);
    if (filters->depth > 0)
        add_runtime(settings, "depth", filters->depth);
    if (filters->throttle_calls > 0)
        add_runtime(settings, "throttle-calls", filters->throttle_calls);
    if (filters->throttle_ns > 0)
        add_runtime(settings, "throttle-ns", filters->throttle_ns);
}

/* What the runtime is told; the timer is the last of it. */
static int complete_runtime(struct settings *settings, struct message *message)
{
    char *timer = NULL;
    int result = settings->timer != NULL ? timer_option(settings->timer, &timer, message) : 0;

    tell_filters(settings);
    if (result == 0 && timer != NULL &&
        asprintf(&settings->full_runtime, "%s%s%s", settings->runtime, settings->runtime[0] ? "," : "",
                 timer) < 0)
        result = message_set(message, "not enough memory");
    if (result == 0 && timer == NULL && settings->runtime[0] != '\0' &&
        (settings->full_runtime = strdup(settings->runtime)) == NULL)
        result = message_set(message, "not enough memory");
    if (result == 0 && settings->full_runtime != NULL && strlen(settings->full_runtime) >= PATH_MAX)
        result = message_set(message, "the timer's path is too long");
    free(timer);
    return result;
}

/* The parts of the settings that are made absolute, or left open by the options. */
static int complete(struct settings *settings, char **out, struct message *message)
{
    if (settings->out != NULL && (settings->out = *out = output_path(settings->out, message)) == NULL)
        return -1;
    if (settings->rows.limit >= 0 &&
        restrict_add_count(&settings->restrictions, settings->rows.limit, message) != 0)
        return -1;
    return settings->rows.order.count > 0 ? 0 : sort_parse(&settings->rows.order, "cumulative", message);
}

static void settings_free(struct settings *settings)
{
    restrict_free(&settings->restrictions);
    filters_free(&settings->filters);
    free(settings->full_runtime);
}

int main(int argc, char **argv)
{
    struct settings settings = {.rows.limit = -1, .bias = -1};
    struct message message = {""};
    struct launch launch = {0};
    struct spool spool = {""};
    struct note note = {&spool, NULL};
    char *out = NULL;
    int first, status;
    enum options_result parsed;

    if (filter_is_resolver(argc, argv))
        return filter_resolver(argv);
    if (argc > 1 && strcmp(argv[1], CTL_WORD) == 0)
        return control(argc - 1, argv + 1);
    parsed = options_parse(&COMMAND, argc, argv, &settings, &first, &message);
    if (parsed == OPTIONS_RUN && first >= argc && !settings.recover && !settings.calibrate &&
        !settings.cflags)
        parsed = options_wrong(&COMMAND, "no PROGRAM given", &message);
    if (parsed == OPTIONS_RUN && timer_needs_every(settings.timer) && settings.reads != 0 &&
        settings.reads != IMAGE_READS_EVERY)
        parsed = options_wrong(
            &COMMAND, "--timer wall,cpu takes --clock every, for it finds who waits by timing every call",
            &message);
    if (parsed == OPTIONS_ERROR) {
        complain(message.text);
        settings_free(&settings);
        return STATUS_USAGE;
    }
    if (parsed != OPTIONS_RUN)
        return print_about(&COMMAND, parsed);
    if (settings.cflags)
        return print_cflags(&settings, &message);
    if (complete_runtime(&settings, &message) != 0) {
        complain(message.text);
        settings_free(&settings);
        return STATUS_FAILURE;
    }
    if (settings.calibrate) {
        status = calibrate(&settings, &message);
        settings_free(&settings);
        return status;
    }
    if (settings.recover) {
        status = complete(&settings, &out, &message) == 0 ? recover(&settings, argv[first], &message)
                                                          : STATUS_FAILURE;
        settings_free(&settings);
        free(out);
        return status;
    }
    launch.words = argv + first;
    launch.started = note_launch;
    launch.argument = &note;
    launch.wait_all = settings.wait_all;
    launch.options = settings.full_runtime;
    status = STATUS_FAILURE;
    if (complete(&settings, &out, &message) == 0) {
        note.out = settings.out;
        status = run(&settings, &launch, &spool, &message);
    }
    if (status != 0 || save(&settings, &spool, &launch, &message) != 0)
        complain(message.text);
    spool_close(&spool);
    launch_free(&launch);
    settings_free(&settings);
    free(out);
    if (status != 0)
        return status;
    launch_exit_alike(&launch);
}
