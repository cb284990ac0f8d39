/*
 * profile.c - the command `profile`: runs a program and saves, or prints, its profile.
 *
 * options -> preflight -> spool -> program -> images -> symbols -> out.prof or report. Whatever happens to
 * the profile, the exit status is the program's; our own are 1 for a failure before the program ran, 2 for a
 * wrong use, 126 and 127 as the shells have them.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/output.h"
#include "cli/build/compiler.h"
#include "cli/commands/profile_options.h"
#include "cli/control/ctl.h"
#include "cli/files/save.h"
#include "cli/model/compensate.h"
#include "cli/model/symbolize.h"
#include "cli/record/calibrate.h"
#include "cli/record/clock.h"
#include "cli/record/launch.h"
#include "cli/record/preflight.h"
#include "cli/record/recover.h"
#include "cli/record/resolver.h"
#include "cli/record/spool.h"
#include "cli/record/timer_names.h"
#include "cli/report/notes.h"
#include "cli/report/text_table.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/sort.h"

enum { STATUS_FAILURE = 1, STATUS_USAGE = 2 };

/* Names in the text may come from files: message_set() makes them harmless. */
static void complain(const char *text)
{
    struct message shown;

    message_set(&shown, "%s", text);
    fprintf(stderr, "%s: %s\n", PROFILE_COMMAND.name, shown.text);
}

/* The runtime lies beside this program, as it was built, or in the lib directory beside its bin. */
static char *find_library(const struct profile_settings *settings, struct message *message)
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

static int print_report(const struct profile_settings *settings, const struct profile *profile,
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
        notes_print_throttled(&notes, PROFILE_COMMAND.name, stderr);
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
            return message_no_memory(message);
    return 0;
}

/* From the images of the spool to the file or the report. What cannot go there is not thrown away with the
 * spool. */
static int save(const struct profile_settings *settings, struct spool *spool, const struct launch *launch,
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
    notes_print_clock(&notes, PROFILE_COMMAND.name, stderr);
    if (result == 0)
        result = settings->out != NULL ? save_profile(settings->out, &profile, message)
                                       : print_report(settings, &profile, message);
    if (result != 0 && profile.process_count > 0)
        spool_keep(spool, message);
    profile_free(&profile);
    return result;
}

/* What can be recovered if we are killed; without it we go on all the same. */
struct recovery_note {
    struct spool *spool;
    const char *out;
};

static void note_launch(void *argument, pid_t pid)
{
    const struct recovery_note *note = argument;
    struct message message;

    if (recover_note(note->spool, pid, note->out, &message) != 0)
        complain(message.text);
}

/* All that can be known to fail is tried before the program runs. Returns the status to exit with if it has
 * not run. */
static int run(struct profile_settings *settings, struct launch *launch, struct spool *spool,
               struct message *message)
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
static int recover(struct profile_settings *settings, const char *directory, struct message *message)
{
    struct leftover leftover;
    struct launch launch = {0};
    int result = recover_find(&leftover, directory, message);

    if (result == 0) {
        launch.pid = leftover.program;
        launch.end = clock_anchor();
        if (settings->out == NULL)
            settings->out = leftover.out;
        result = save(settings, &leftover.spool, &launch, message);
        if (result == 0)
            spool_close(&leftover.spool);
        if (result == 0 && settings->out != NULL)
            fprintf(stderr, "%s: recovered %s\n", PROFILE_COMMAND.name, settings->out);
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
static int print_cflags(const struct profile_settings *settings, struct message *message)
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
static int calibrate(const struct profile_settings *settings, struct message *message)
{
    struct spool spool = {""};
    char *library = find_library(settings, message);
    int result = library != NULL && spool_open(&spool, message) == 0 ? 0 : -1;

    if (result == 0)
        result = costs_print(stdout, library, &spool, settings->runtime, message);
    if (result != 0)
        complain(message->text);
    spool_close(&spool);
    free(library);
    return result == 0 && fflush(stdout) == 0 ? 0 : STATUS_FAILURE;
}

/* Runs the program of LAUNCH and makes something of its profile. Returns the status to exit with if it has
 * not run; else it does not return. */
static int profile_program(struct profile_settings *settings, char **words, struct message *message)
{
    struct launch launch = {
        .words = words, .wait_all = settings->wait_all, .options = settings->runtime, .started = note_launch};
    struct spool spool = {""};
    struct recovery_note note = {&spool, settings->out};
    int status;

    launch.argument = &note;
    status = run(settings, &launch, &spool, message);
    if (status != 0 || save(settings, &spool, &launch, message) != 0)
        complain(message->text);
    spool_close(&spool);
    launch_free(&launch);
    if (status != 0)
        return status;
    profile_options_free(settings);
    launch_exit_alike(&launch);
}

/* Does what the options ask for. Returns the status to exit with. */
static int perform(struct profile_settings *settings, char **words, struct message *message)
{
    if (settings->cflags)
        return print_cflags(settings, message);
    if (profile_options_complete(settings, message) != 0) {
        complain(message->text);
        return STATUS_FAILURE;
    }
    if (settings->calibrate)
        return calibrate(settings, message);
    if (settings->recover)
        return recover(settings, words[0], message);
    return profile_program(settings, words, message);
}

int main(int argc, char **argv)
{
    struct profile_settings settings;
    struct message message = {""};
    enum options_result parsed;
    int first, status;

    if (filter_is_resolver(argc, argv))
        return filter_resolver(argv);
    if (argc > 1 && strcmp(argv[1], CTL_WORD) == 0)
        return control(argc - 1, argv + 1);
    parsed = profile_options_parse(&settings, argc, argv, &first, &message);
    if (parsed == OPTIONS_RUN) {
        status = perform(&settings, argv + first, &message);
    } else if (parsed == OPTIONS_ERROR) {
        complain(message.text);
        status = STATUS_USAGE;
    } else {
        status = print_about(&PROFILE_COMMAND, parsed);
    }
    profile_options_free(&settings);
    return status;
}
