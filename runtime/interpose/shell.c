/*
 * shell.c - stands in for functions of libc that start a shell: system, popen and wordexp.
 *
 * They start it with `environ`, without a call that another library could stand in for. So `environ` has the
 * settings while such a function runs (environment.h), in any number of threads.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wordexp.h>

#include "runtime/core/compiler.h"
#include "runtime/interpose/environment.h"
#include "runtime/interpose/next.h"
#include "runtime/system/system.h"

/* Guarded by the lock. A forked child finds it as another thread of its parent had it. */
static struct {
    uint32_t lock;  /* the ID of the process whose thread holds it, or 0 */
    uint32_t owner; /* the ID of the process that the rest is about */
    int users;      /* functions that run */
    char **hidden;  /* environ as the program has it, while SHOWN is not NULL */
    char **shown;   /* environ with the settings, or NULL */
    size_t size;    /* bytes of SHOWN */
} swap;

static void lock(void)
{
    uint32_t self = system_pid(), holder = 0;

    while (!__atomic_compare_exchange_n(&swap.lock, &holder, self, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        if (holder == self) { /* else it was a thread of the parent, which this process does not have */
            system_yield();
            holder = 0;
        }
}

static void unlock(void)
{
    __atomic_store_n(&swap.lock, 0, __ATOMIC_RELEASE);
}

/* Puts back environ. If the program has changed it, in another thread, the strings of SHOWN stay in use. */
static void put_back(void)
{
    if (environ != swap.shown) {
        environment_hide();
    } else {
        environ = swap.hidden;
        system_unmap(swap.shown, swap.size);
    }
    swap.shown = NULL;
}

static void put_settings(void)
{
    size_t size = environment_size(environ);
    long memory = system_map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

    if (system_is_error(memory))
        return;
    swap.shown = (char **)memory;
    swap.size = size;
    swap.hidden = environ;
    environment_write(environ, swap.shown);
    environ = swap.shown;
}

static void begin(void)
{
    lock();
    if (swap.owner != system_pid()) {
        if (swap.shown != NULL)
            put_back();
        swap.users = 0;
        swap.owner = system_pid();
    }
    if (swap.users++ == 0 && environment_lacks(environ))
        put_settings();
    unlock();
}

static void end(void *unused)
{
    (void)unused;
    lock();
    if (--swap.users == 0 && swap.shown != NULL)
        put_back();
    unlock();
}

/* Defines the stand-in for NAME, which returns TYPE and takes PARAMETERS. A thread may be cancelled in it.
 * The function is found apart, for pthread_cleanup_push() may be a setjmp. */
#define STARTS_SHELL(type, name, parameters, arguments)                                                      \
    static any_function *kept_##name;                                                                        \
                                                                                                             \
    static __attribute__((noinline)) __typeof__(name) *next_##name(const void *caller)                       \
    {                                                                                                        \
        return (__typeof__(name) *)next_kept(&kept_##name, #name, caller);                                   \
    }                                                                                                        \
                                                                                                             \
    EXPORTED type name parameters;                                                                           \
    EXPORTED type name parameters                                                                            \
    {                                                                                                        \
        __typeof__(name) *real = next_##name(CALLER);                                                        \
        type result;                                                                                         \
                                                                                                             \
        begin();                                                                                             \
        pthread_cleanup_push(end, NULL);                                                                     \
        result = real arguments;                                                                             \
        pthread_cleanup_pop(1);                                                                              \
        return result;                                                                                       \
    }

STARTS_SHELL(int, system, (const char *command), (command))
STARTS_SHELL(FILE *, popen, (const char *command, const char *mode), (command, mode))
STARTS_SHELL(int, wordexp, (const char *words, wordexp_t *expanded, int flags), (words, expanded, flags))
