/*
 * loader.c - stands in for dlclose: what is loaded next may lie where the library was, and its functions are
 * others.
 *
 * A thread finds its records by the addresses of functions. So each thread must forget those of the library
 * before its next event, and only it can: it is sent to the slow path, where it sees that modules have gone
 * (records.c).
 */
#include <link.h>

#include "runtime/core/compiler.h"
#include "runtime/core/modules.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/gate/filter.h"
#include "runtime/interpose/loader.h"

#include "runtime/interpose/next.h"

struct presence {
    uint64_t start;
    int is_there;
};

static int presence_visit(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct presence *presence = argument;

    (void)size;
    for (size_t i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD &&
            info->dlpi_addr + info->dlpi_phdr[i].p_vaddr <= presence->start &&
            presence->start < info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz)
            presence->is_there = 1;
    return presence->is_there;
}

static int has_gone(uint64_t start)
{
    struct presence presence = {start, 0};

    modules_visit(presence_visit, &presence);
    return !presence.is_there;
}

/* Takes module I out of the list, if it has gone. The lock that keeps the list from being moved is not held
 * while the loader's is waited for: who holds that one may wait for ours. */
static int module_forget(struct process *process, size_t i)
{
    struct module_range range;

    process_lock(process);
    range = process->ranges[i];
    process_unlock(process);
    if (range.is_dead || !has_gone(range.start))
        return 0;
    process_lock(process);
    process->ranges[i].is_dead = 1;
    process->ranges[i].generation = process->generation + 1;
    process_unlock(process);
    filter_forget(range.start, range.end);
    return 1;
}

static size_t modules_count(struct process *process)
{
    size_t count;

    process_lock(process);
    count = process->range_count;
    process_unlock(process);
    return count;
}

/* Takes the modules that have gone out of the list, and tells the threads. */
static void modules_forget(struct process *process)
{
    int forgotten = 0;

    process_lock_retired(process);
    for (size_t i = modules_count(process); i-- > 0;)
        forgotten |= module_forget(process, i);
    if (forgotten) {
        __atomic_add_fetch(&process->generation, 1, __ATOMIC_SEQ_CST);
        for (struct thread *thread = process->live; thread != NULL; thread = thread->live_after)
            thread_send(__atomic_load_n(&thread->current, __ATOMIC_SEQ_CST));
    }
    process_unlock_retired(process);
}

EXPORTED int dlclose(void *library);
EXPORTED int dlclose(void *library)
{
    static any_function *kept = NULL;
    int (*real)(void *library);
    struct process *process;
    struct slow slow;
    int result;

    real = (int (*)(void *))next_kept(&kept, "dlclose", CALLER);
    result = real(library);
    namespaces_tidy();
    if (process_self() != NULL && slow_enter(&slow) == 0) {
        process = process_self();
        if (process != NULL)
            modules_forget(process);
        slow_leave(&slow);
    }
    return result;
}
