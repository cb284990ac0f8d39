/*
 * ctl.c - `profile ctl PID REQUEST`. See ctl.h.
 *
 * A request shuts the gate of the process, or leaves a note there. The process acts on it at its next call or
 * return (runtime/gate/gate.c). A second pause changes nothing, nor does a resume without a pause.
 */
#include "cli/control/ctl.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/output.h"
#include "cli/control/attach.h"
#include "cli/files/save.h"
#include "cli/model/symbolize.h"
#include "cli/record/spool.h"
#include "cli/ui/option_values.h"
#include "runtime/format/turn.h"

static int ask_pause(struct live *live, const char *file, struct profile *profile, struct message *message)
{
    (void)file, (void)profile, (void)message;
    turn_pause(live->gate, live_now(live));
    return 0;
}

static int ask_resume(struct live *live, const char *file, struct profile *profile, struct message *message)
{
    (void)file, (void)profile, (void)message;
    turn_resume(live->gate);
    return 0;
}

static int ask_reset(struct live *live, const char *file, struct profile *profile, struct message *message)
{
    (void)file, (void)profile, (void)message;
    turn_add(live->gate, IMAGE_TURN_RESET, live_now(live));
    return 0;
}

/* Tells the modules of PROFILE where the running process PID sees their files: it may have a mount namespace
 * or a root of its own. */
static void tell_root(struct profile *profile, pid_t pid)
{
    for (size_t i = 0; i < profile->module_count; i++) {
        struct symbolizer_module *module = &profile->modules[i].file;
        char *path;

        if (module->path == NULL || asprintf(&path, "/proc/%ld/root%s", (long)pid, module->path) < 0)
            continue;
        module->kept = profile_string(profile, path, strlen(path));
        free(path);
    }
}

/* Loads what the process has recorded so far and writes it to PATH. */
static int save_snapshot(const struct live *live, const char *path, struct profile *profile,
                         struct message *message)
{
    if (output_check(path, message) != 0 || spool_load_live(live->path, profile, live->pid, message) != 0)
        return -1;
    if (profile->process_count == 0) /* a warning says why */
        return message_set(message, "cannot read process %ld", (long)live->pid);
    tell_root(profile, live->pid);
    if (profile_symbolize(profile, message) != 0)
        return -1;
    return save_profile(path, profile, message);
}

static int take_snapshot(struct live *live, const char *file, struct profile *profile,
                         struct message *message)
{
    char *path = output_path(file, message);
    int result = path == NULL ? -1 : save_snapshot(live, path, profile, message);

    free(path);
    return result;
}

struct ctl_request {
    const char *name;
    const char *done; /* in words, or NULL if it cannot be asked of a tree of processes */
    int wants_file;
    int (*ask)(struct live *live, const char *file, struct profile *profile, struct message *message);
};

static const struct ctl_request REQUESTS[] = {{"pause", "paused", 0, ask_pause},
                                              {"resume", "resumed", 0, ask_resume},
                                              {"reset", "reset", 0, ask_reset},
                                              {"snapshot", NULL, 1, take_snapshot}};

#define REQUEST_NAMES "pause resume reset snapshot"

static const struct option_spec OPTIONS[] = {
    {"tree", 0, NULL, "control all descendants of the process too, and print how many processes were told",
     NULL, OPTION_FLAG, .offset = offsetof(struct ctl, is_tree)},
    OPTIONS_COMMON,
};

const struct command CTL_COMMAND = {
    .name = "profile ctl",
    .usage = "[--tree] PID pause|resume|reset\nPID snapshot FILE",
    .description =
        "Controls the recording of process PID, which is being profiled: pauses it, resumes it, resets "
        "it to forget all that was recorded, or saves in FILE all that was recorded so far. PID may "
        "also be the profile command that runs the program. Each thread obeys at its next call or "
        "return.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .examples = "profile --paused -o out.prof ./server &\n"
                "profile ctl $! resume              start to record\n"
                "profile ctl $! snapshot now.prof   save the profile so far\n"
                "profile ctl --tree $! pause        stop recording, in its workers too",
    .exit_status = "0  done, or nothing was to be done\n"
                   "1  failed\n"
                   "2  wrong usage",
};

static enum options_result wrong(const char *reason, struct message *message)
{
    return options_wrong(&CTL_COMMAND, reason, message);
}

/* Fills MESSAGE with REASON and WORD, which is at fault. */
static enum options_result wrong_word(const char *reason, const char *word, struct message *message)
{
    message_set(message, "%s '%s'", reason, word);
    return wrong(message->text, message);
}

static enum options_result parse_request(struct ctl *ctl, const char *name, struct message *message)
{
    for (size_t i = 0; i < sizeof REQUESTS / sizeof *REQUESTS; i++)
        if (strcmp(name, REQUESTS[i].name) == 0) {
            ctl->request = &REQUESTS[i];
            return OPTIONS_RUN;
        }
    option_refuse_choice("request", name, REQUEST_NAMES, message);
    return wrong(message->text, message);
}

enum options_result ctl_parse(struct ctl *ctl, char *const *words, int count, struct message *message)
{
    int64_t pid;
    int wanted;

    if (count == 0)
        return wrong("no PID given", message);
    if (option_parse_count(&pid, words[0]) != 0 || pid <= 0 || pid > INT32_MAX)
        return wrong_word("invalid process ID", words[0], message);
    ctl->pid = (pid_t)pid;
    if (count == 1)
        return wrong("no request given", message);
    if (parse_request(ctl, words[1], message) != OPTIONS_RUN)
        return OPTIONS_ERROR;
    if (ctl->is_tree && ctl->request->done == NULL)
        return wrong("--tree does nothing beside snapshot, which has the descendants", message);
    wanted = 2 + ctl->request->wants_file;
    if (count < wanted || (ctl->request->wants_file && *words[2] == '\0'))
        return wrong("snapshot needs a FILE", message);
    if (count > wanted)
        return wrong_word("unexpected word", words[wanted], message);
    ctl->file = ctl->request->wants_file ? words[2] : NULL;
    return OPTIONS_RUN;
}

/* The processes of a tree that have been told. */
struct told {
    pid_t *pids;
    size_t count;
    size_t obeyed; /* of these */
};

static int is_told(const struct told *told, pid_t pid)
{
    for (size_t i = 0; i < told->count; i++)
        if (told->pids[i] == pid)
            return 1;
    return 0;
}

/* Asks process PID. One that has ended meanwhile, or has become a program without hooks, is left out. Returns
 * 0, or -1 and fills MESSAGE. */
static int tell(const struct ctl *ctl, struct told *told, pid_t pid, struct message *message)
{
    pid_t *added = ARRAY_APPEND(told->pids, told->count);
    struct message problem;
    struct live live;
    int result;

    if (added == NULL)
        return message_no_memory(message);
    *added = pid;
    result = live_open(&live, pid, &problem);
    if (result > 0)
        return message_set(message, "%s", problem.text);
    if (result == 0) {
        ctl->request->ask(&live, NULL, NULL, message);
        told->obeyed++;
    }
    live_close(&live);
    return 0;
}

/* Asks the processes of the tree of LIVE that have not been told. Returns their number, or -1 and fills
 * MESSAGE without asking if they cannot be listed. Fills MESSAGE and sets *FAILED if one of them cannot be
 * asked. */
static ssize_t tell_others(const struct ctl *ctl, const struct live *live, struct told *told, int *failed,
                           struct message *message)
{
    size_t count, before = told->count;
    pid_t *pids;
    int result = spool_tree(live->path, live->pid, &pids, &count, message);

    for (size_t i = 0; result == 0 && i < count; i++)
        if (!is_told(told, pids[i]) && tell(ctl, told, pids[i], message) != 0)
            *failed = 1;
    free(pids);
    return result == 0 ? (ssize_t)(told->count - before) : -1;
}

/* Asks all processes of the tree, and then those that these have started before they obeyed. */
static int ask_tree(const struct ctl *ctl, const struct live *live, FILE *stream, struct message *message)
{
    struct told told = {.count = 0};
    int failed = 0;
    ssize_t count;

    while ((count = tell_others(ctl, live, &told, &failed, message)) > 0)
        ;
    fprintf(stream, "%s %zu process%s\n", ctl->request->done, told.obeyed, told.obeyed == 1 ? "" : "es");
    free(told.pids);
    return count == 0 && !failed ? 0 : -1;
}

int ctl_do(const struct ctl *ctl, struct profile *profile, FILE *stream, struct message *message)
{
    struct live live;
    int result;

    if (live_open(&live, ctl->pid, message) != 0)
        return -1;
    result = ctl->is_tree ? ask_tree(ctl, &live, stream, message)
                          : ctl->request->ask(&live, ctl->file, profile, message);
    live_close(&live);
    return result;
}
