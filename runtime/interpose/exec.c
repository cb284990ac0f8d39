/*
 * exec.c - stands in for the functions that start another program, exec in all its forms and posix_spawn, and
 * for _exit: after these nothing of a process runs that could tell its end.
 *
 * Under a launcher the whole tree of processes is profiled. A program may start another one with an
 * environment of its own making, an empty one perhaps: the settings that the runtime needs are put back into
 * it. And a process that becomes another program has come to its end as far as its image goes.
 *
 * All this may happen between vfork and exec, where nothing may be allocated: the new environment lies on the
 * stack.
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
#include "runtime/life/process_end.h"

#define PRELOAD "LD_PRELOAD="
#define SPOOL   SETTINGS_SPOOL "="
#define OPTIONS SETTINGS_OPTIONS "="

/* Returns 1 if ENTRY begins with NAME, which ends with "=". */
static int is_named(const char *entry, const char *name)
{
    return strncmp(entry, name, strlen(name)) == 0;
}

/* The entry of an environment that begins with NAME=, or NULL. */
static char *const *find(char *const *environment, const char *name)
{
    for (; environment != NULL && *environment != NULL; environment++)
        if (is_named(*environment, name))
            return environment;
    return NULL;
}

static size_t count(char *const *words)
{
    size_t number = 0;

    while (words != NULL && words[number] != NULL)
        number++;
    return number;
}

/* Must this environment be completed? */
static int lacks_settings(char *const *environment)
{
    char *const *preload = find(environment, PRELOAD);

    if (settings_get()->preload[0] == '\0' || settings_get()->spool[0] == '\0')
        return 0; /* no launcher waits for us */
    return find(environment, SPOOL) == NULL || preload == NULL ||
           strstr(*preload, settings_get()->preload) == NULL;
}

/* What the settings take beside the entries that are there. */
static size_t settings_size(char *const *environment)
{
    char *const *preload = find(environment, PRELOAD);

    return sizeof PRELOAD + strlen(settings_get()->preload) + (preload != NULL ? strlen(*preload) : 0) +
           sizeof SPOOL + strlen(settings_get()->spool) + sizeof OPTIONS + strlen(settings_get()->options) +
           3;
}

static char *join(char *to, const char *first, const char *second)
{
    return stpcpy(stpcpy(to, first), second);
}

static int is_setting(const char *entry)
{
    return is_named(entry, PRELOAD) || is_named(entry, SPOOL) || is_named(entry, OPTIONS);
}

/* Copies ENVIRONMENT into COPY, which has room for three more entries, with the settings, for which TEXT has
 * room. */
static char *const *with_settings(char *const *environment, char **copy, char *text)
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
    return copy;
}

/* An environment for a new program that lives as long as the calling function: hence a macro. */
#define COMPLETE(environment)                                                                                \
    (lacks_settings(environment)                                                                             \
         ? with_settings(environment, alloca((count(environment) + 4) * sizeof(char *)),                     \
                         alloca(settings_size(environment)))                                                 \
         : (environment))

/* ---- exec ---- */

/* PROGRAM is its path, its name, or a descriptor. */
#define EXEC(name, type)                                                                                     \
    EXPORTED int name(type program, char *const words[], char *const environment[]);                         \
    EXPORTED int name(type program, char *const words[], char *const environment[])                          \
    {                                                                                                        \
        __typeof__(name) *real = NEXT(name);                                                                 \
        int result;                                                                                          \
                                                                                                             \
        process_exec(1);                                                                                     \
        result = real(program, words, COMPLETE(environment));                                                \
        process_exec(0);                                                                                     \
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

/* The words of a variable argument list, the first of which is FIRST, into WORDS if that is not NULL. The
 * number. */
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

/* The three forms that list the words; WITH_ENVIRONMENT takes what follows them. */
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

#define SPAWN(name)                                                                                          \
    EXPORTED int name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,               \
                      const posix_spawnattr_t *attributes, char *const words[], char *const environment[])   \
    {                                                                                                        \
        return NEXT(name)(pid, path, actions, attributes, words, COMPLETE(environment));                     \
    }

SPAWN(posix_spawn)
SPAWN(posix_spawnp)
