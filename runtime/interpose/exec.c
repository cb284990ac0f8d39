/*
 * exec.c - stands in for all forms of exec, for posix_spawn and for _exit.
 *
 * After exec and _exit nothing of this process runs that could note its end. So the stand-ins note it before.
 *
 * Under a launcher the whole tree of processes is profiled. exec and posix_spawn add the settings for that to
 * the environment of the new program (environment.h).
 *
 * The new environment lies on the stack if it is small. An environment may be larger than the stack of the
 * thread, or of the signal handler, that calls exec.
 */
#include <alloca.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/core/compiler.h"
#include "runtime/interpose/environment.h"
#include "runtime/interpose/next.h"
#include "runtime/life/process_end.h"

/* ---- exec ---- */

/* Defines the stand-in for NAME. TYPE is that of PROGRAM: a path, a name, or a descriptor. */
#define EXEC(name, type)                                                                                     \
    EXPORTED int name(type program, char *const words[], char *const environment[]);                         \
    EXPORTED int name(type program, char *const words[], char *const environment[])                          \
    {                                                                                                        \
        __typeof__(name) *real = NEXT(name);                                                                 \
        struct environment_copy copy = {.memory = NULL};                                                     \
        int result;                                                                                          \
                                                                                                             \
        process_exec(1);                                                                                     \
        result = real(program, words, environment_complete(environment, &copy));                             \
        process_exec(0);                                                                                     \
        environment_copy_free(&copy);                                                                        \
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
        struct environment_copy copy = {.memory = NULL};                                                     \
        int result = real(pid, path, actions, attributes, words, environment_complete(environment, &copy));  \
                                                                                                             \
        environment_copy_free(&copy);                                                                        \
        return result;                                                                                       \
    }

SPAWN(posix_spawn)
SPAWN(posix_spawnp)
