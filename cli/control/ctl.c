/*
 * ctl.c - `profile ctl PID REQUEST`. See ctl.h.
 *
 * The gate of the process is shut, or shut with a note of what to do, and the process does the rest at its
 * next event (runtime/gate/gate.c). To pause twice, or to resume what is not paused, changes nothing.
 */
#include "cli/control/ctl.h"

#include <stdlib.h>
#include <string.h>

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

/* As the launcher does it at the end, but that nothing has ended. */
static int take_snapshot(struct live *live, const char *file, struct profile *profile,
                         struct message *message)
{
    char *path = output_path(file, message);
    int result = path == NULL || output_check(path, message) != 0 ? -1 : 0;

    if (result == 0)
        result = spool_load_live(live->path, profile, live->pid, message);
    if (result == 0 && profile->process_count == 0) /* a warning says why */
        result = message_set(message, "nothing could be read of process %ld", (long)live->pid);
    if (result == 0)
        result = profile_symbolize(profile, message);
    if (result == 0)
        result = save_profile(path, profile, message);
    free(path);
    return result;
}

struct ctl_request {
    const char *name;
    int wants_file;
    int (*ask)(struct live *live, const char *file, struct profile *profile, struct message *message);
};

static const struct ctl_request REQUESTS[] = {{"pause", 0, ask_pause},
                                              {"resume", 0, ask_resume},
                                              {"reset", 0, ask_reset},
                                              {"snapshot", 1, take_snapshot}};

static const struct option_spec OPTIONS[] = {
    OPTIONS_COMMON,
};

const struct command CTL_COMMAND = {
    .name = "profile ctl",
    .usage = "PID pause|resume|reset|snapshot FILE",
    .description =
        "Tells process PID, which is being profiled, to pause or to resume recording, to forget what it has "
        "recorded, or writes to FILE what it has recorded so far. PID may also be that of the profile "
        "command "
        "that runs the program. Threads obey at their next call or return.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .stop_at_operand = 1,
    .examples = "profile --paused -o out.prof ./server &\n"
                "profile ctl $! resume              record from now on\n"
                "profile ctl $! snapshot now.prof   what has been recorded so far",
    .exit_status = "0  it was done, or had been before\n"
                   "1  it could not be done\n"
                   "2  wrong usage",
};

static enum options_result wrong(const char *reason, struct message *message)
{
    return options_wrong(&CTL_COMMAND, reason, message);
}

enum options_result ctl_parse(struct ctl *ctl, char *const *words, int count, struct message *message)
{
    struct message reason;
    int64_t pid;

    *ctl = (struct ctl){0};
    if (count == 0)
        return wrong("no PID given", message);
    if (option_parse_count(&pid, words[0]) != 0 || pid <= 0 || pid > INT32_MAX) {
        message_set(&reason, "'%s' is no number of a process", words[0]);
        return wrong(reason.text, message);
    }
    ctl->pid = (pid_t)pid;
    if (count == 1)
        return wrong("nothing to do given", message);
    for (size_t i = 0; i < sizeof REQUESTS / sizeof *REQUESTS; i++)
        if (strcmp(words[1], REQUESTS[i].name) == 0)
            ctl->request = &REQUESTS[i];
    if (ctl->request == NULL) {
        message_set(&reason, "'%s' is none of pause, resume, reset and snapshot", words[1]);
        return wrong(reason.text, message);
    }
    if (ctl->request->wants_file && (count == 2 || words[2][0] == '\0'))
        return wrong("snapshot needs a FILE", message);
    if (count > 2 + ctl->request->wants_file) {
        message_set(&reason, "'%s' is one word too many", words[2 + ctl->request->wants_file]);
        return wrong(reason.text, message);
    }
    ctl->file = ctl->request->wants_file ? words[2] : NULL;
    return OPTIONS_RUN;
}

int ctl_do(const struct ctl *ctl, struct profile *profile, struct message *message)
{
    struct live live;
    int result = live_open(&live, ctl->pid, message);

    if (result == 0)
        result = ctl->request->ask(&live, ctl->file, profile, message);
    live_close(&live);
    return result;
}
