/*
 * profile.c - the command `profile`: runs a program, and saves its profile or prints a report.
 *
 * options -> preflight -> spool -> program -> images -> profile -> symbols -> out.prof or report
 *
 * With --exec this process becomes the program, and a collector does the rest (cli/record/collector.h).
 *
 * If the program ran, the exit status is the program's, whatever happens to the profile. Otherwise it is 1
 * for a failure, 2 for wrong usage, and 126 or 127 as from a shell.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/base/interrupt.h"
#include "cli/base/output.h"
#include "cli/base/relay.h"
#include "cli/base/streams.h"
#include "cli/build/build.h"
#include "cli/build/compiler.h"
#include "cli/build/wrapper.h"
#include "cli/commands/build_options.h"
#include "cli/commands/profile_options.h"
#include "cli/control/ctl.h"
#include "cli/files/save.h"
#include "cli/model/symbolize.h"
#include "cli/record/calibrate.h"
#include "cli/record/clock.h"
#include "cli/record/collector.h"
#include "cli/record/diagnose.h"
#include "cli/record/keeper.h"
#include "cli/record/launch.h"
#include "cli/record/preflight.h"
#include "cli/record/recover.h"
#include "cli/record/resolver.h"
#include "cli/record/running.h"
#include "cli/record/spool.h"
#include "cli/record/timer_names.h"
#include "cli/report/notes.h"
#include "cli/report/text_table.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/sort.h"
#include "cli/ui/terminal.h"
#include "runtime/format/settings.h"

enum { STATUS_FAILURE = 1, STATUS_USAGE = 2 };

/* Prints TEXT to standard error. message_set() replaces control characters, which names from files may have.
 */
static void complain(const char *text)
{
    struct message shown;

    message_set(&shown, "%s", text);
    fprintf(stderr, "%s: %s\n", PROFILE_COMMAND.name, shown.text);
}

/* Prints MESSAGE. Returns the status to exit with. */
static int fail(const struct message *message)
{
    complain(message->text);
    return STATUS_FAILURE;
}

static void print_warnings(const struct profile *profile)
{
    for (size_t i = 0; i < profile->warning_count; i++)
        complain(profile->warnings[i]);
}

/* Returns the path of the runtime, to be freed, or NULL and fills MESSAGE. After the build it lies beside
 * this program, after the installation in the directory lib beside bin. */
static char *find_library(const struct profile_settings *settings, struct message *message)
{
    static const char *const places[] = {"", "../lib/", "../lib64/"};
    const char *name = timer_library(settings->timer);
    char *path = file_beside_program(places, sizeof places / sizeof *places, name);
    char program[PATH_MAX];

    if (path != NULL)
        return path;
    file_program(program);
    if (program[0] == '\0')
        message_set(message, "%s cannot be found: /proc, which tells where this program lies, is not mounted",
                    name);
    else
        message_set(message, "%s is neither beside %s nor in the lib directory beside it: install it again",
                    name, program);
    return NULL;
}

/* Returns a path of LIBRARY for LD_PRELOAD, where spaces and colons separate paths: a link in the spool if
 * LIBRARY has any. Returns NULL and fills MESSAGE on failure. Frees LIBRARY unless it returns it. */
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

/* Sorts and shortens LIST, the rows of the report. */
static int arrange(const struct profile_settings *settings, struct table_list *list, struct message *message)
{
    sort_apply(&settings->rows.order, 0, list);
    return restrict_apply(&settings->restrictions, list, message);
}

static int print_report(const struct profile_settings *settings, const struct profile *profile,
                        struct message *message)
{
    struct table table = {.how = TABLE_STRIP_DIRS};
    struct table_list list = {0};
    char label[SORT_LABEL_MAX];
    struct notes notes = {0};
    struct runs runs = {0};
    int result = -1;

    if (runs_add(&runs, profile) != 0)
        return message_no_memory(message);
    if (table_add(&table, profile, message) == 0 && table_finish(&table, message) == 0 &&
        table_list(&table, &list, message) == 0 && arrange(settings, &list, message) == 0) {
        sort_label(&settings->rows.order, label);
        report_print(stderr, &(struct report){.table = &table,
                                              .list = &list,
                                              .order = label,
                                              .runs = &runs,
                                              .width = terminal_width(STDERR_FILENO),
                                              .percent = REPORT_PERCENT_IF_WIDE});
        notes_add_throttled(&notes, profile);
        notes_print_throttled(&notes, PROFILE_COMMAND.name, stderr);
        result = 0;
    }
    table_list_free(&list);
    table_free(&table);
    return result;
}

/* A program that is run and recorded. Zeroed but for keeper.socket, it holds nothing. */
struct recording {
    struct preflight program; /* zeroed if the profile of another command is recovered */
    struct spool spool;
    char *library;   /* path of the runtime */
    const char *out; /* path of the profile, or NULL to print a report */
    struct launch launch;
    struct keeper keeper;
};

/* Fills PROFILE from what RECORDING has recorded. Returns 0, or -1 and fills MESSAGE. */
static int make_profile(const struct profile_settings *settings, const struct recording *recording,
                        struct profile *profile, struct message *message)
{
    const struct spool *spool = &recording->spool;
    const struct launch *launch = &recording->launch;
    const double *bias = settings->bias >= 0 ? &settings->bias : NULL;

    if (spool_load(spool, profile, launch->pid, &launch->end, launch->lasted, bias, message) != 0)
        return -1;
    if (profile->process_count == 0)
        return diagnose(&recording->program, launch, spool, profile, message);
    if (filter_conclude(spool, profile, message) != 0)
        return -1;
    launch_tell_ends(launch, profile);
    keeper_tell(&recording->keeper, profile);
    return profile_symbolize(profile, message);
}

static void print_clock_notes(const struct profile *profile)
{
    struct notes notes = {0};

    notes_add(&notes, profile);
    notes_print_clock(&notes, PROFILE_COMMAND.name, stderr);
}

/* Says how to wait for the processes that the program has left behind, as a daemon. */
static void hint_at_wait(const struct profile_settings *settings, const struct spool *spool)
{
    size_t count = settings->wait_all ? 0 : running_users(spool->path, running_start(getpid()));
    const char *how = settings->exec ? "without --exec, --wait=all" : "--wait=all";
    struct message line;

    if (count == 1)
        message_set(&line, "a process of the program still runs, and its profile ends here: %s waits for it",
                    how);
    else
        message_set(&line,
                    "%zu processes of the program still run, and their profiles end here: %s waits for them",
                    count, how);
    if (count > 0)
        complain(line.text);
}

/* Lets signals end this command while it works on what SPOOL holds. */
static void allow_interrupt(const struct spool *spool)
{
    struct message line;

    message_set(&line, "%s: interrupted; what was recorded is kept: profile --recover %s",
                PROFILE_COMMAND.name, spool->path);
    interrupt_begin(line.text);
}

/* Writes the profile of RECORDING to its file, or prints a report. Keeps the spool on failure, to be
 * recovered. Returns 0, or -1 and fills MESSAGE. */
static int save(const struct profile_settings *settings, struct recording *recording, struct message *message)
{
    struct profile profile = {0};
    int result;

    allow_interrupt(&recording->spool);
    result = make_profile(settings, recording, &profile, message);
    print_warnings(&profile);
    if (profile.process_count > 0)
        print_clock_notes(&profile);
    if (result == 0)
        result = settings->out != NULL ? save_profile(settings->out, &profile, message)
                                       : print_report(settings, &profile, message);
    interrupt_end();
    if (result != 0 && profile.process_count > 0)
        spool_keep(&recording->spool, message);
    else if (result != 0 && settings->out != NULL && output_discard(settings->out))
        message_set(message, "%s; the %s of an earlier run was removed", message->text, settings->out);
    model_free(&profile);
    return result;
}

/* Starts to keep the files of the program's modules. Notes in the spool of ARGUMENT, a struct recording, how
 * to recover the profile if this process is killed. Without either the program runs all the same. */
static void note_start(void *argument, pid_t pid)
{
    struct recording *recording = argument;
    struct message message;

    keeper_start(&recording->keeper);
    if (recover_note(&recording->spool, pid, recording->out, &message) != 0)
        complain(message.text);
}

/* Refuses to write the profile over the program at PATH. Returns 0, or -1 and fills MESSAGE. */
static int check_out(const char *out, const char *path, struct message *message)
{
    struct stat old, program;

    if (out != NULL && stat(out, &old) == 0 && stat(path, &program) == 0 && old.st_dev == program.st_dev &&
        old.st_ino == program.st_ino)
        return message_set(message, "-o %s is the program itself: name another file", out);
    return 0;
}

/* Does all that can fail before the program runs. Returns 0, or the status to exit with and fills MESSAGE. */
static int prepare(struct recording *recording, struct profile_settings *settings, struct message *message)
{
    struct preflight *program = &recording->program;
    struct spool *spool = &recording->spool;
    int problem;

    if (settings->out != NULL && output_check(settings->out, message) != 0)
        return STATUS_FAILURE;
    if ((problem = preflight(program, recording->launch.words[0], message)) != PREFLIGHT_OK)
        return problem;
    if (check_out(settings->out, program->path, message) != 0 ||
        timer_check_program(settings->timer, program->path, message) != 0 ||
        spool_open(spool, message) != 0 ||
        filter_prepare(&settings->filters, spool, program->path, message) != 0 ||
        (recording->library = find_library(settings, message)) == NULL ||
        (recording->library = preloadable(recording->library, spool, message)) == NULL ||
        points_write(&settings->points, program->path, spool, complain, message) != 0)
        return STATUS_FAILURE;
    return 0;
}

/* Sets how to run the program, and opens the keeper. */
static void set_launch(struct recording *recording, const struct profile_settings *settings)
{
    struct launch *launch = &recording->launch;

    launch->path = recording->program.path;
    launch->library = recording->program.keeps_preload_out ? NULL : recording->library;
    launch->spool = recording->spool.path;
    launch->options = settings->runtime;
    launch->wait_all = settings->wait_all;
    launch->started = note_start;
    launch->argument = recording;
    keeper_open(&recording->keeper, recording->spool.path);
}

/* Runs the program. Returns 0, or the status to exit with and fills MESSAGE if it did not run. */
static int run(struct recording *recording, const struct profile_settings *settings, struct message *message)
{
    struct launch *launch = &recording->launch;

    set_launch(recording, settings);
    return launch_run(launch, message) == 0 ? 0 : (int)launch->exit_value;
}

static void recording_free(struct recording *recording)
{
    keeper_close(&recording->keeper);
    spool_close(&recording->spool);
    launch_free(&recording->launch);
    free(recording->program.path);
    free(recording->library);
}

static void do_nothing(int number)
{
    (void)number;
}

/* Lets writes fail beyond the limit on the size of files, which by default kill this process. The program
 * gets the signal as it was, for handlers do not outlast an exec. */
static void outlive_large_files(void)
{
    const struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
    struct sigaction old;

    if (sigaction(SIGXFSZ, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
        sigaction(SIGXFSZ, &action, NULL);
}

/* Runs the program that WORDS name and saves its profile. Returns the status to exit with if the program did
 * not run; otherwise ends as the program ended. */
static int profile_program(struct profile_settings *settings, char **words, struct message *message)
{
    struct recording recording = {.launch.words = words, .out = settings->out, .keeper.socket = -1};
    int status;

    outlive_large_files();
    status = prepare(&recording, settings, message);
    if (status == 0)
        status = run(&recording, settings, message);
    keeper_stop(&recording.keeper);
    if (status == 0)
        hint_at_wait(settings, &recording.spool);
    if (status != 0 || save(settings, &recording, message) != 0)
        complain(message->text);
    recording_free(&recording);
    if (status != 0)
        return status;
    profile_options_free(settings);
    launch_exit_alike(&recording.launch);
}

/* Waits for the program, whose process the recording names, and saves its profile. Ends this process, whose
 * status nobody sees. */
__attribute__((noreturn)) static void collect(struct recording *recording, struct collector *collector,
                                              struct profile_settings *settings, struct message *message)
{
    struct launch *launch = &recording->launch;

    note_start(recording, launch->pid);
    if (collector_wait(collector, &launch->end) != 0)
        _exit(STATUS_FAILURE); /* the other process cleans up */
    launch->lasted = 1;
    keeper_stop(&recording->keeper);
    hint_at_wait(settings, &recording->spool);
    if (save(settings, recording, message) != 0)
        complain(message->text);
    recording_free(recording);
    profile_options_free(settings);
    exit(0);
}

/* Refuses a descriptor of the program for the profile: the collector does not have it. Returns 0, or -1 and
 * fills MESSAGE. */
static int check_file(const char *out, struct message *message)
{
    static const char *const descriptors[] = {"/dev/stdin", "/dev/stdout", "/dev/fd/", "/proc/self/fd/"};

    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++)
        if (strncmp(out, descriptors[i], strlen(descriptors[i])) == 0)
            return message_set(message, "--exec: -o %s is a descriptor of the program: name a file", out);
    return 0;
}

/* Becomes the program that WORDS name, while another process saves its profile. Returns the status to exit
 * with if that fails. */
static int become_program(struct profile_settings *settings, char **words, struct message *message)
{
    struct recording recording = {.launch.words = words, .out = settings->out, .keeper.socket = -1};
    struct collector collector;
    int status, role;

    outlive_large_files();
    status =
        check_file(settings->out, message) != 0 ? STATUS_FAILURE : prepare(&recording, settings, message);
    if (status == 0) {
        set_launch(&recording, settings);
        recording.launch.pid = getpid();
        status = STATUS_FAILURE;
        role = collector_make(&collector, recording.keeper.socket, message);
        if (role == COLLECTOR_IS_COLLECTOR)
            collect(&recording, &collector, settings, message);
        if (role == COLLECTOR_IS_PROGRAM && collector_await(&collector, message) == 0) {
            launch_exec(&recording.launch, message);
            status = (int)recording.launch.exit_value;
            collector_cancel(&collector);
        }
    }
    complain(message->text);
    recording_free(&recording);
    return status;
}

/* Saves the profile in the spool that another profile command left. Returns the status to exit with. */
static int recover(struct profile_settings *settings, const char *directory, struct message *message)
{
    struct recording recording = {.keeper.socket = -1};
    struct leftover leftover;
    int result;

    if (recover_find(&leftover, directory, message) != 0)
        return fail(message);
    recording.spool = leftover.spool;
    recording.launch.pid = leftover.program;
    recording.launch.end = clock_anchor();
    if (settings->out == NULL)
        settings->out = leftover.out;
    result = save(settings, &recording, message);
    if (result == 0)
        spool_close(&recording.spool);
    if (result == 0 && settings->out != NULL)
        fprintf(stderr, "%s: recovered %s\n", PROFILE_COMMAND.name, settings->out);
    free(leftover.out);
    return result == 0 ? 0 : fail(message);
}

/* Returns the status to exit with. */
static int finish_output(void)
{
    return fflush(stdout) == 0 ? 0 : STATUS_FAILURE;
}

/* Prints what RESULT, of parsing the options, asks for. Returns the status to exit with. */
static int print_about(const struct command *command, enum options_result result,
                       const struct message *message)
{
    if (result == OPTIONS_ERROR) {
        complain(message->text);
        return STATUS_USAGE;
    }
    options_print(command, result, stdout);
    return finish_output();
}

/* Prints the flags to compile with. Returns the status to exit with. */
static int print_cflags(const struct profile_settings *settings, struct message *message)
{
    struct compiler compiler;
    struct message missing = {""};

    if (compiler_find(&compiler, settings->compiler, message) != 0 ||
        compiler_print_flags(&compiler, settings->cflags, stdout, &missing, message) != 0)
        return fail(message);
    if (missing.text[0] != '\0')
        complain(missing.text);
    return finish_output();
}

/* Prints what recording a call costs on this machine. Returns the status to exit with. */
static int calibrate(const struct profile_settings *settings, struct message *message)
{
    struct spool spool = {""};
    char *library = find_library(settings, message);
    int result = -1;

    if (library != NULL && spool_open(&spool, message) == 0)
        result = costs_print(stdout, library, &spool, settings->runtime, message);
    spool_close(&spool);
    free(library);
    return result == 0 ? finish_output() : fail(message);
}

/* Does the command `profile ctl`. Returns the status to exit with. */
static int control(int argc, char **argv)
{
    struct profile profile = {0};
    struct message message = {""};
    struct ctl ctl = {0};
    int first, result;
    enum options_result parsed = options_parse(&CTL_COMMAND, argc, argv, &ctl, &first, &message);

    if (parsed == OPTIONS_RUN)
        parsed = ctl_parse(&ctl, argv + first, argc - first, &message);
    if (parsed != OPTIONS_RUN)
        return print_about(&CTL_COMMAND, parsed, &message);
    result = ctl_do(&ctl, &profile, stdout, &message);
    print_warnings(&profile);
    model_free(&profile);
    return result == 0 ? finish_output() : fail(&message);
}

/* Becomes the compiler that WORDS name. Returns the status to exit with if that fails. */
static int compile(char **words)
{
    struct wrapper wrapper;
    struct message message = {""};
    int status = wrapper_prepare(&wrapper, words, &message);

    if (status == 0 && wrapper.remark.text[0] != '\0')
        complain(wrapper.remark.text);
    if (status == 0)
        status = wrapper_exec(&wrapper, &message);
    complain(message.text);
    return status;
}

/* Prints what the compilers of BUILD did. */
static void print_build(const struct build *build)
{
    const char *off = getenv("PROFILE_BUILD");

    if (build->remark.text[0] != '\0')
        complain(build->remark.text);
    if (build->compilations > 0)
        fprintf(stderr, "%s: %ld compilation%s instrumented\n", PROFILE_COMMAND.name, build->compilations,
                build->compilations == 1 ? "" : "s");
    else if (off != NULL && strcmp(off, "off") == 0)
        complain("no compilation was instrumented, for PROFILE_BUILD is off");
    else
        complain(
            "no compilation was instrumented: the build compiled nothing, or it calls compilers by their "
            "paths; then set CC='profile cc' and CXX='profile c++'");
}

/* Does the command `profile build`. Returns the status to exit with, or ends as the build ended. */
static int build(int argc, char **argv)
{
    struct build build;
    struct message message = {""};
    int first;
    enum options_result parsed = options_parse(&BUILD_COMMAND, argc, argv, NULL, &first, &message);

    if (parsed == OPTIONS_RUN && first >= argc)
        parsed = options_wrong(&BUILD_COMMAND, "no COMMAND given", &message);
    if (parsed != OPTIONS_RUN)
        return print_about(&BUILD_COMMAND, parsed, &message);
    if (build_run(&build, argv + first, &message) != 0) {
        complain(message.text);
        return build.status;
    }
    print_build(&build);
    if (build.signal != 0)
        relay_die(build.signal);
    return build.status;
}

static void bound_frequency(struct profile_settings *settings)
{
    if (settings->frequency <= SETTING_FREQUENCY_MOST)
        return;
    complain("--frequency: 20000 samples a second are taken: more would slow the program down too much");
    settings->frequency = SETTING_FREQUENCY_MOST;
}

/* Does what SETTINGS ask for. Returns the status to exit with. */
static int perform(struct profile_settings *settings, char **words, struct message *message)
{
    if (settings->cflags)
        return print_cflags(settings, message);
    bound_frequency(settings);
    if (profile_options_complete(settings, message) != 0)
        return fail(message);
    if (settings->calibrate)
        return calibrate(settings, message);
    if (settings->recover)
        return recover(settings, words[0], message);
    if (settings->exec)
        return become_program(settings, words, message);
    return profile_program(settings, words, message);
}

int main(int argc, char **argv)
{
    struct profile_settings settings;
    struct message message = {""};
    enum options_result parsed;
    char **words;
    int first, status;

    streams_open();
    if ((words = wrapper_words(argv)) != NULL)
        return compile(words);
    if (filter_is_resolver(argc, argv))
        return filter_resolver(argv);
    if (argc > 1 && strcmp(argv[1], CTL_WORD) == 0)
        return control(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], BUILD_WORD) == 0)
        return build(argc - 1, argv + 1);
    parsed = profile_options_parse(&settings, argc, argv, &first, &message);
    status = parsed == OPTIONS_RUN ? perform(&settings, argv + first, &message)
                                   : print_about(&PROFILE_COMMAND, parsed, &message);
    profile_options_free(&settings);
    return status;
}
