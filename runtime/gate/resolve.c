/*
 * resolve.c - runs the launcher's resolver on a module, in a process that the program does not notice.
 *
 * The program may wait for any of its children, and gets SIGCHLD when one ends. A child that was cloned
 * without a signal sends none, and wait() ignores it unless asked for such children (__WCLONE). But execve(2)
 * restores SIGCHLD. So there are two processes:
 *
 *     this thread -> a child without a signal, which executes nothing and waits for its own child
 *                        -> a child of that with SIGCHLD, which executes the resolver
 *
 * Both run in our memory, on stacks of their own, while this thread is suspended (CLONE_VFORK). So nothing is
 * copied, however large the program is.
 */
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "runtime/core/settings.h"
#include "runtime/format/filter_file.h"
#include "runtime/gate/filter.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"

enum { STACK = 16 * 1024 }; /* bytes */

struct request {
    char program[PATH_MAX]; /* the path of the resolver */
    char *words[4];         /* its arguments, ended by NULL */
    char stacks[2][STACK] __attribute__((aligned(16)));
};

/* Executes the resolver, in the inner child. */
static int resolver_become(void *argument)
{
    struct request *request = argument;
    char *nothing[] = {NULL};

    SYSTEM_CALL(SYS_execve, request->program, request->words, nothing, 0, 0, 0);
    return 127;
}

/* Makes the inner child and waits for it, in the outer child. */
static int resolver_await(void *argument)
{
    struct request *request = argument;
    int child = clone(resolver_become, request->stacks[1] + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, request);

    if (child > 0)
        SYSTEM_CALL(SYS_wait4, child, NULL, 0, NULL, 0, 0);
    return 0;
}

void resolver_run(const char *path)
{
    struct request *request = system_is_confined() ? NULL : memory_private(sizeof *request);
    char *name = (char *)(uintptr_t)FILTER_RESOLVER, *spool = (char *)(uintptr_t)settings_get()->spool;
    size_t length;
    int child;

    if (request == NULL)
        return;
    length = append(request->program, PATH_MAX, 0, spool);
    append(request->program, PATH_MAX, append(request->program, PATH_MAX, length, "/"), FILTER_RESOLVER);
    request->words[0] = name;
    request->words[1] = spool;
    request->words[2] = (char *)(uintptr_t)path;
    child = clone(resolver_await, request->stacks[0] + STACK, CLONE_VM | CLONE_VFORK, request);
    if (child > 0)
        SYSTEM_CALL(SYS_wait4, child, NULL, __WCLONE, NULL, 0, 0);
    memory_private_free(request, sizeof *request);
}
