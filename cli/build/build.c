/*
 * build.c - `profile build`. See build.h.
 */
#include "cli/build/build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/base/relay.h"
#include "cli/build/search.h"
#include "cli/build/tally.h"
#include "cli/build/wrappers.h"

enum { STATUS_FAILURE = 1, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

/* Makes a temporary folder for the tally. Returns its path, to be freed, or NULL and fills MESSAGE. */
static char *make_folder(struct message *message)
{
    const char *place = getenv("TMPDIR");
    char *path;

    if (place == NULL || *place != '/' || strchr(place, ':') != NULL)
        place = "/tmp";
    if (asprintf(&path, "%s/" TALLY_PREFIX "XXXXXX", place) < 0) {
        message_no_memory(message);
        return NULL;
    }
    if (mkdtemp(path) == NULL) {
        message_set(message, "cannot make a folder in %s: %s", place, strerror(errno));
        free(path);
        return NULL;
    }
    return path;
}

/* Removes FOLDER with the files in it. */
static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);

    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder != NULL)
        closedir(folder);
    rmdir(path);
}

/* Puts folders TALLY and WRAPPERS, which may be one, before all others in $PATH. Returns 0, or -1 without
 * memory. */
static int set_path(const char *tally, const char *wrappers)
{
    const char *old = getenv("PATH");
    char *path;
    int is_one = strcmp(tally, wrappers) == 0, result;

    if (asprintf(&path, "%s%s%s:%s", tally, is_one ? "" : ":", is_one ? "" : wrappers,
                 old != NULL ? old : "/usr/local/bin:/usr/bin:/bin") < 0)
        return -1;
    result = setenv("PATH", path, 1);
    free(path);
    return result;
}

/* Becomes the command, in the child. If that fails, writes the error number to REPORT and exits. */
static void child_exec(char **words, const char *tally, const char *wrappers, int report)
{
    int error;

    if (set_path(tally, wrappers) == 0)
        execvp(words[0], words);
    error = errno;
    file_write(report, &error, sizeof error);
    _exit(STATUS_NOT_EXECUTABLE);
}

/* Waits for process PID and fills in how it ended. */
static void wait_for(struct build *build, struct relay *relay, pid_t pid)
{
    int status = 0;

    relay_wait(relay, pid, &status);
    build->status = WEXITSTATUS(status);
    build->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Runs the command to its end. Returns 0, or -1 and fills MESSAGE if it does not start. */
static int run(struct build *build, char **words, const char *tally, const char *wrappers,
               struct message *message)
{
    struct relay relay;
    int report[2], error = 0;
    pid_t pid;

    if (pipe2(report, O_CLOEXEC) != 0)
        return message_set(message, "cannot make a pipe: %s", strerror(errno));
    relay_begin(&relay);
    pid = fork();
    if (pid == 0) {
        relay_restore(&relay);
        child_exec(words, tally, wrappers, report[1]);
    }
    if (pid < 0)
        error = errno;
    relay_made(&relay);
    close(report[1]);
    while (pid > 0 && read(report[0], &error, sizeof error) < 0 && errno == EINTR)
        ;
    close(report[0]);
    if (pid > 0)
        wait_for(build, &relay, pid);
    relay_end(&relay);
    if (error == 0)
        return 0;
    build->status = error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
    return message_set(message, "cannot run %s: %s", words[0], strerror(error));
}

int build_run(struct build *build, char **words, struct message *message)
{
    char *tally = make_folder(message), *wrappers = NULL;
    int result = -1;

    *build = (struct build){.status = STATUS_FAILURE};
    if (tally != NULL && tally_make(tally, message) == 0 &&
        (wrappers = wrappers_make(tally, message)) != NULL &&
        run(build, words, tally, wrappers, message) == 0) {
        build->compilations = tally_read(tally, &build->remark);
        result = 0;
    }
    if (tally != NULL)
        remove_folder(tally);
    free(tally);
    free(wrappers);
    return result;
}
