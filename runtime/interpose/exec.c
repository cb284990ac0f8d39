/*
 * exec.c - stands in for all forms of exec, for posix_spawn and for _exit.
 *
 * After exec and _exit nothing of this process runs that could note its end. So the stand-ins note it before.
 *
 * Under a launcher the whole tree of processes is profiled. A program may start another one with an
 * environment of its own making, even an empty one. exec and posix_spawn then add the settings that the
 * runtime needs.
 *
 * The new environment lies on the stack if it is small. An environment may be larger than the stack of the
 * thread, or of the signal handler, that calls exec.
 */
#include <alloca.h>
#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/core/compiler.h"
#include "runtime/core/settings.h"
#include "runtime/format/settings.h"
#include "runtime/interpose/next.h"
#include "runtime/interpose/scratch.h"
#include "runtime/life/process_end.h"

#define PRELOAD "LD_PRELOAD="
#define SPOOL   SETTINGS_SPOOL "="
#define OPTIONS SETTINGS_OPTIONS "="

/* Returns 1 if ENTRY begins with NAME, which ends with "=". */
static int is_named(const char *entry, const char *name)
{
    return strncmp(entry, name, strlen(name)) == 0;
}

/* Returns the entry of ENVIRONMENT that begins with NAME, or NULL. */
static char *const *find(char *const *environment, const char *name)
{
    for (; environment != NULL && *environment != NULL; environment++)
        if (is_named(*environment, name))
            return environment;
    return NULL;
}

/* Returns the number of WORDS, which end with a NULL; NULL has none. */
static size_t count(char *const *words)
{
    size_t number = 0;

    while (words != NULL && words[number] != NULL)
        number++;
    return number;
}

/* Returns 1 if a launcher waits for the new program and ENVIRONMENT lacks the settings for it. */
static int lacks_settings(char *const *environment)
{
    char *const *preload = find(environment, PRELOAD);

    if (settings_get()->preload[0] == '\0' || settings_get()->spool[0] == '\0')
        return 0;
    return find(environment, SPOOL) == NULL || preload == NULL ||
           strstr(*preload, settings_get()->preload) == NULL;
}

/* Returns the bytes that with_settings() needs for the new entries. */
static size_t settings_size(char *const *environment)
{
    char *const *preload = find(environment, PRELOAD);

    return sizeof PRELOAD + strlen(settings_get()->preload) + (preload != NULL ? strlen(*preload) : 0) +
           sizeof SPOOL + strlen(settings_get()->spool) + sizeof OPTIONS + strlen(settings_get()->options) +
           3;
}

/* Writes FIRST and SECOND to TO. Returns the end, where it has written a NUL. */
static char *join(char *to, const char *first, const char *second)
{
    return stpcpy(stpcpy(to, first), second);
}

static int is_setting(const char *entry)
{
    return is_named(entry, PRELOAD) || is_named(entry, SPOOL) || is_named(entry, OPTIONS);
}

/* Fills COPY with the settings and the other entries of ENVIRONMENT. It has room for three more entries than
 * ENVIRONMENT and a NULL; TEXT has settings_size() bytes. */
static void with_settings(char *const *environment, char **copy, char *text)
{
    char *const *preload = find(environment, PRELOAD);
    char *end = join(text, PRELOAD, settings_get()->preload);
    size_t size = 0;

    if (preload != NULL && (*preload)[sizeof PRELOAD - 1] != '\0')
        end = join(end, ":", *preload + sizeof PRELOAD - 1);
    copy[size++] = text;
    copy[size++] = end + 1;
    end = join(end + 1, SPOOL, settings_get()->spool);
    if (settings_get()->options[0] != '\0') {
        copy[size++] = end + 1;
        join(end + 1, OPTIONS, settings_get()->options);
    }
    for (; environment != NULL && *environment != NULL; environment++)
        if (!is_setting(*environment))
            copy[size++] = *environment;
    copy[size] = NULL;
}

/* A copy of an environment, with the settings. */
struct copy {
    char *small[128]; /* for the entries and the text of the settings, if they fit */
    void *memory;     /* for them otherwise, or NULL */
};

/* Returns ENVIRONMENT with the settings: itself if it has them, or COPY. Returns it as it is if there is no
 * memory: the new program is not recorded then. */
static char *const *complete(char *const *environment, struct copy *copy)
{
    size_t entries = (count(environment) + 4) * sizeof(char *), size;
    char **start = copy->small;

    if (!lacks_settings(environment))
        return environment;
    size = entries + settings_size(environment);
    if (size > sizeof copy->small)
        start = copy->memory = scratch_take(size);
    if (start == NULL)
        return environment;
    with_settings(environment, start, (char *)start + entries);
    return start;
}

static void copy_free(struct copy *copy)
{
    scratch_give(copy->memory);
}

/* ---- exec ---- */

/* Defines the stand-in for NAME. TYPE is that of PROGRAM: a path, a name, or a descriptor. */
#define EXEC(name, type)                                                                                     \
    EXPORTED int name(type program, char *const words[], char *const environment[]);                         \
    EXPORTED int name(type program, char *const words[], char *const environment[])                          \
    {                                                                                                        \
        __typeof__(name) *real = NEXT(name);                                                                 \
        struct copy copy = {.memory = NULL};                                                                 \
        int result;                                                                                          \
                                                                                                             \
        process_exec(1);                                                                                     \
        result = real(program, words, complete(environment, &copy));                                         \
        process_exec(0);                                                                                     \
        copy_free(&copy);                                                                                    \
        return result;                                                                                       \
    }

EXEC(execve, const char *)
EXEC(execvpe, const char *)
EXEC(fexecve, int)

EXPORTED int execv(const char *path, char *const words[]);
EXPORTED int execv(const char *path, char *const words[])
{
    return execve(path, words, environ);
}

EXPORTED int execvp(const char *name, char *const words[]);
EXPORTED int execvp(const char *name, char *const words[])
{
    return execvpe(name, words, environ);
}

/* Reads the words of an argument list: FIRST, then those of REST up to a NULL. Returns their number. Fills
 * WORDS with them and a NULL, if WORDS is not NULL. */
static size_t collect(const char *first, va_list *rest, char **words)
{
    size_t number = 0;

    for (const char *word = first; word != NULL; word = va_arg(*rest, const char *), number++)
        if (words != NULL)
            words[number] = (char *)(uintptr_t)word;
    if (words != NULL)
        words[number] = NULL;
    return number;
}

/* Defines the stand-in for NAME, which lists the words as arguments. WITH_ENVIRONMENT: an environment follows
 * them. RUN is the form that takes arrays. */
#define LISTED(name, with_environment, run)                                                                  \
    EXPORTED int name(const char *program, const char *first, ...);                                          \
    EXPORTED int name(const char *program, const char *first, ...)                                           \
    {                                                                                                        \
        char *const *environment = environ;                                                                  \
        char **words;                                                                                        \
        va_list rest;                                                                                        \
                                                                                                             \
        va_start(rest, first);                                                                               \
        words = alloca((collect(first, &rest, NULL) + 1) * sizeof *words);                                   \
        va_end(rest);                                                                                        \
        va_start(rest, first);                                                                               \
        collect(first, &rest, words);                                                                        \
        if (with_environment)                                                                                \
            environment = va_arg(rest, char *const *);                                                       \
        va_end(rest);                                                                                        \
        return run(program, words, environment);                                                             \
    }

LISTED(execl, 0, execve)
LISTED(execle, 1, execve)
LISTED(execlp, 0, execvpe)

/* ---- _exit, which runs no destructors ---- */

/* Defines the stand-in for NAME. */
#define END(name)                                                                                            \
    EXPORTED __attribute__((noreturn)) void name(int status);                                                \
    EXPORTED __attribute__((noreturn)) void name(int status)                                                 \
    {                                                                                                        \
        process_exec(1);                                                                                     \
        for (;;)                                                                                             \
            syscall(SYS_exit_group, status);                                                                 \
    }

END(_exit)
END(_Exit)

/* ---- posix_spawn ---- */

/* Defines the stand-in for NAME. */
#define SPAWN(name)                                                                                          \
    EXPORTED int name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,               \
                      const posix_spawnattr_t *attributes, char *const words[], char *const environment[])   \
    {                                                                                                        \
        __typeof__(name) *real = NEXT(name);                                                                 \
        struct copy copy = {.memory = NULL};                                                                 \
        int result = real(pid, path, actions, attributes, words, complete(environment, &copy));              \
                                                                                                             \
        copy_free(&copy);                                                                                    \
        return result;                                                                                       \
    }

SPAWN(posix_spawn)
SPAWN(posix_spawnp)
