/*
 * fetch.c - loads libdebuginfod in a child, and downloads debug files with it. See fetch.h.
 */
#include "symbolizer/fetch.h"
#include "symbolizer/isolation.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CPU_SECONDS = 600, MEMORY = 1 << 30 }; /* what a download may take, the memory in bytes */

/* The functions of libdebuginfod that are used. A client is a connection. */
struct library {
    void *(*begin)(void);
    void (*set_progress)(void *client, int (*show)(void *client, long done, long total));
    int (*find)(void *client, const unsigned char *id, int size, char **path);
    void (*end)(void *client);
};

/* A file to download. */
struct request {
    const unsigned char *id;
    size_t size;
    const char *module;
    int terminal; /* descriptor to show the progress on, or -1 */
};

/* The child's answer. */
struct answer {
    int error; /* 0, or an errno */
    char path[PATH_MAX];
};

/* ---- the progress, in the child ---- */

static const struct request *shown; /* libdebuginfod passes no argument on */
static int shown_columns;           /* of the line on the terminal; 0: there is none */

/* Replaces the line on the terminal by TEXT. */
static void line_show(const char *text)
{
    int columns = (int)strlen(text);

    dprintf(shown->terminal, "\r%s%*s%s", text, shown_columns > columns ? shown_columns - columns : 0, "",
            columns > 0 ? "" : "\r");
    shown_columns = columns;
}

/* Shows how much of the file has arrived. Returns 0: go on. */
static int progress_show(void *client, long done, long total)
{
    static struct timespec last;
    const char *slash = strrchr(shown->module, '/');
    struct timespec now;
    char text[80];

    (void)client;
    clock_gettime(CLOCK_MONOTONIC, &now);
    /* Before the server has told the size, DONE counts attempts. */
    if (total <= 0 || done > total || (now.tv_sec == last.tv_sec && now.tv_nsec - last.tv_nsec < 100000000))
        return 0;
    last = now;
    snprintf(text, sizeof text, "downloading debug information of %.20s: %.1f of %.1f MB",
             slash != NULL ? slash + 1 : shown->module, (double)done / 1e6, (double)total / 1e6);
    line_show(text);
    return 0;
}

/* ---- the download, in the child ---- */

static int library_open(struct library *library)
{
    void *handle = dlopen("libdebuginfod.so.1", RTLD_NOW);

    *library = (struct library){NULL, NULL, NULL, NULL};
    if (handle == NULL)
        return -1;
    *(void **)&library->begin = dlsym(handle, "debuginfod_begin");
    *(void **)&library->set_progress = dlsym(handle, "debuginfod_set_progressfn");
    *(void **)&library->find = dlsym(handle, "debuginfod_find_debuginfo");
    *(void **)&library->end = dlsym(handle, "debuginfod_end");
    return library->begin != NULL && library->set_progress != NULL && library->find != NULL &&
                   library->end != NULL
               ? 0
               : -1;
}

/* Downloads the file of REQUEST and stores its path in PATH, of PATH_MAX bytes. Returns 0, or an errno. */
static int download(const struct library *library, void *client, const struct request *request, char *path)
{
    char *found = NULL;
    int got;

    shown = request;
    if (request->terminal >= 0)
        library->set_progress(client, progress_show);
    got = library->find(client, request->id, (int)request->size, &found);
    if (shown_columns > 0)
        line_show("");
    if (got < 0)
        return -got;
    return found != NULL && snprintf(path, PATH_MAX, "%s", found) < PATH_MAX ? 0 : ENOENT;
}

/* Downloads: an isolation_work whose ARGUMENT is a struct request. */
static int download_work(void *argument, void **answer, size_t *size)
{
    struct library library;
    struct answer *made;
    void *client;

    if (library_open(&library) != 0 || (client = library.begin()) == NULL ||
        (made = calloc(1, sizeof *made)) == NULL)
        return -1;
    made->error = download(&library, client, argument, made->path);
    library.end(client);
    *answer = made;
    *size = sizeof *made;
    return 0;
}

/* ---- the parent ---- */

int fetch_allowed(void)
{
    const char *servers = getenv("DEBUGINFOD_URLS");

    return servers != NULL && servers[strspn(servers, " ")] != '\0';
}

int fetch_debug_file(const unsigned char *id, size_t size, const char *module, char *path)
{
    static int is_hopeless;
    const struct isolation_limits limits = {
        .cpu_seconds = CPU_SECONDS, .memory = MEMORY, .answer = sizeof(struct answer)};
    struct request request = {.id = id, .size = size, .module = module, .terminal = -1};
    struct answer *answer = NULL;
    size_t answer_size = 0;
    int result = -1;

    if (is_hopeless || size == 0 || !fetch_allowed())
        return -1;
    if (isatty(STDERR_FILENO)) /* the child's own standard error is silenced */
        request.terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    /* Without an answer there is no library, or Ctrl-C has ended the child. */
    if (isolation_run(download_work, &request, &limits, (void **)&answer, &answer_size) != 0 ||
        answer_size != sizeof *answer || memchr(answer->path, '\0', sizeof answer->path) == NULL)
        is_hopeless = 1;
    else if (answer->error == 0)
        result = snprintf(path, PATH_MAX, "%s", answer->path) < PATH_MAX ? 0 : -1;
    else
        is_hopeless = answer->error != ENOENT;
    if (request.terminal >= 0 && answer == NULL)
        dprintf(request.terminal, "\n"); /* the child has left its line */
    if (request.terminal >= 0)
        close(request.terminal);
    free(answer);
    return result;
}
