/*
 * diagnose.c - the reasons why nothing was recorded, the surest first. See diagnose.h.
 */
#include "cli/record/diagnose.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/format/spool.h"
#include "symbolizer/symbolizer.h"

/* Returns 1 if files may not grow as they like, and a process has begun an image. */
static int is_cut_short(const struct spool *spool)
{
    struct rlimit limit;
    DIR *directory;
    const struct dirent *entry;
    int found = 0;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        (directory = opendir(spool->path)) == NULL)
        return 0;
    while (!found && (entry = readdir(directory)) != NULL)
        found = strstr(entry->d_name, SPOOL_IMAGE_SUFFIX) != NULL;
    closedir(directory);
    return found;
}

static int is_script(const char *path)
{
    char start[2] = "";
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor >= 0) {
        if (read(descriptor, start, sizeof start) != (ssize_t)sizeof start)
            start[0] = '\0';
        close(descriptor);
    }
    return start[0] == '#' && start[1] == '!';
}

/* Fills MESSAGE for a program with hooks that has called none. Returns -1. */
static int diagnose_end(const char *name, const struct launch *launch, struct message *message)
{
    if (launch->exit == PROFILE_EXIT_SIGNAL)
        return message_set(message, "%s was killed by signal %u (%s) before it called a function with hooks",
                           name, (unsigned)launch->exit_value, strsignal((int)launch->exit_value));
    if (launch->exit == PROFILE_EXIT_STATUS && launch->exit_value == 127)
        return message_set(
            message,
            "%s ended with status 127 before it called a function with hooks: is there a library "
            "that it lacks?",
            name);
    return message_set(
        message,
        "%s has hooks, but none was called: its functions with hooks did not run, or the runtime was "
        "not loaded into it",
        name);
}

int diagnose(const struct preflight *program, const struct launch *launch, const struct spool *spool,
             struct profile *profile, struct message *message)
{
    const char *name = launch->words != NULL ? launch->words[0] : "the program";
    enum symbolizer_hooks hooks =
        program->path != NULL ? symbolizer_hooks(program->path) : SYMBOLIZER_HOOKS_NONE;

    if (is_cut_short(spool)) {
        profile->warning_count = 0; /* they are about the images that were cut short */
        return message_set(
            message, "%s could not record: the limit on the size of files (ulimit -f) leaves no room for it",
            name);
    }
    if (program->path != NULL && is_script(program->path))
        return message_set(
            message,
            "%s is a script, and neither its interpreter nor a program that it starts made calls that "
            "can be recorded: compile the program with profile cc",
            name);
    if (hooks == SYMBOLIZER_HOOKS_OWN && !program->brings_runtime)
        return message_set(
            message,
            "%s defines the hooks __cyg_profile_func_enter and _exit itself, so its calls do not reach "
            "the runtime: link it without them",
            name);
    if (hooks != SYMBOLIZER_HOOKS_NONE)
        return diagnose_end(name, launch, message);
    return message_set(message, "%s made no calls that can be recorded: compile it with profile cc", name);
}
