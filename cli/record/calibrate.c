/*
 * calibrate.c - the cost of recording a call. See calibrate.h.
 *
 * The runtime measures the cost of its hooks when it starts (runtime/hooks/calibrate.c), and notes it in the
 * image. Nothing is measured here.
 */
#include "cli/record/calibrate.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/model/model.h"
#include "cli/record/clock.h"
#include "runtime/format/settings.h"

typedef void hook(void *function, void *call_site);

static hook *hook_find(void *library, const char *name)
{
    return (hook *)(intptr_t)dlsym(library, name);
}

/* Starts the runtime in this process, by a call of its hooks. */
static int record_call(const char *path, const struct spool *spool, const char *options,
                       struct message *message)
{
    void *library;
    hook *enter, *leave;

    if (setenv(SETTINGS_SPOOL, spool->path, 1) != 0 ||
        (options != NULL && setenv(SETTINGS_OPTIONS, options, 1) != 0) ||
        (library = dlopen(path, RTLD_NOW | RTLD_LOCAL)) == NULL)
        return message_set(message, "cannot load %s: %s", path, dlerror());
    enter = hook_find(library, "__cyg_profile_func_enter");
    leave = hook_find(library, "__cyg_profile_func_exit");
    if (enter == NULL || leave == NULL)
        return message_set(message, "%s is not a complete libprofile.so: install it again", path);
    enter((void *)(intptr_t)record_call, NULL);
    leave((void *)(intptr_t)record_call, NULL);
    return 0;
}

static void print_costs(FILE *stream, const struct profile_process *process)
{
    const struct profile_costs *costs = &process->costs;
    double tick = profile_tick(process);

    fprintf(stream, "A call costs, in %s:\n", profile_counts(process) ? process->unit : "nanoseconds");
    if (process->reads == PROFILE_READS_SAMPLED || process->reads == PROFILE_READS_EVERY)
        fprintf(stream, "%8.1f  if it is timed, between the readings, and %.1f outside them\n",
                costs->inside * tick, costs->outside * tick);
    if (process->reads == PROFILE_READS_SAMPLED)
        fprintf(stream, "%8.1f  between the readings, if most calls of its function are not timed\n",
                costs->sampled * tick);
    if (process->reads != PROFILE_READS_EVERY)
        fprintf(stream, "%8.1f  if it is not timed\n", costs->unclocked * tick);
}

/* Loads the recorded call from SPOOL, as of NOW, and prints the costs in it. */
static int print_recorded(FILE *stream, const struct spool *spool, const struct image_anchor *now,
                          struct message *message)
{
    struct profile profile = {0};
    int result = -1;

    if (spool_load(spool, &profile, getpid(), now, 1, NULL, message) != 0)
        goto end;
    if (profile.process_count == 0) {
        message_set(message, "the runtime could not record a call in %s", spool->path);
    } else if (profile.warning_count > 0) { /* without the timer, the costs would be zeros */
        message_set(message, "the timer cannot be loaded here: it needs symbols that only a program has");
    } else {
        print_costs(stream, &profile.processes[0]);
        result = 0;
    }
end:
    model_free(&profile);
    return result;
}

int costs_print(FILE *stream, const char *library, struct spool *spool, const char *options,
                struct message *message)
{
    struct image_anchor start = clock_anchor(), now = start;

    if (record_call(library, spool, options, message) != 0)
        return -1;
    while (now.monotonic - start.monotonic < 10000000) /* 10 ms, for the length of a tick to be exact */
        now = clock_anchor();
    return print_recorded(stream, spool, &now, message);
}
