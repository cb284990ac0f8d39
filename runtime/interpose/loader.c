/*
 * loader.c - stands in for three functions of the dynamic loader: dlopen, dlmopen and dlclose.
 *
 * dlclose: a library that is loaded later may lie at the addresses of one that has gone, with other
 * functions. A thread finds its records by the addresses of functions. So it must forget those of the closed
 * library before its next event. Only the thread itself can do that. Each thread is sent to the slow
 * path, where it sees that modules have gone (context_forget()).
 *
 * dlmopen: a library in a namespace of its own sees no preloaded library. It would call the empty hooks of
 * its own copy of libc. So a copy of this library is opened in the namespace first, where every search for a
 * name begins. Its hooks go on to ours (runtime/hooks/shut.c), which record as usual. dl_iterate_phdr() shows
 * only the namespace of its caller, so the modules there are found through the copy. The number of namespaces
 * is limited: a copy is closed when nothing else is left in its namespace.
 *
 * The loader takes the return address for the caller's, whose RUNPATH and $ORIGIN it follows. So the
 * stand-ins for dlopen and dlmopen must end in a jump to the real function. A later call sees whether that
 * has failed (copies_tidy()).
 *
 * dlopen: a library that is opened with RTLD_DEEPBIND passes this library by (deepbind.h).
 *
 * The stand-ins of a copy for longjmp and the like do nothing, because a copy has no frames. Frames that
 * these functions leave are found by their stack pointers, as in a static program.
 */
#include <dlfcn.h>
#include <link.h>

#include "runtime/core/compiler.h"
#include "runtime/core/modules.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/gate/filter.h"
#include "runtime/hooks/hooks.h"
#include "runtime/hooks/shut.h"
#include "runtime/interpose/deepbind.h"
#include "runtime/interpose/next.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler_timer.h"

/* ---- copies of this library in other namespaces ---- */

#define COPY_NAME "__profile_copy"

/* The interface of a copy to the first one. */
struct copy {
    void (*forward)(struct hooks first);
    modules_function *modules;
    void (*bind)(void);
};

/* Shows the modules of the namespace that this copy is in. The loader finds the namespace by the return
 * address, so the call must not become a jump. */
static int modules_here(modules_visitor *visit, void *argument)
{
    int result = dl_iterate_phdr(visit, argument);

    __asm__ volatile("" ::: "memory");
    return result;
}

extern const struct copy __profile_copy;
EXPORTED const struct copy __profile_copy = {hooks_forward, modules_here, deepbind_hooks};

/* The open copies. Each has one index here and in modules_elsewhere. */
static struct {
    void *library;
    size_t modules;  /* in the namespace when only the copy was open there; 0 until that is known */
    uint32_t opener; /* the ID of the thread that may still be opening the first library there, or 0 */
} opened[MODULES_ELSEWHERE];

static int modules_count_visit(struct dl_phdr_info *info, size_t size, void *argument)
{
    (void)info, (void)size;
    ++*(size_t *)argument;
    return 0;
}

static size_t modules_count(modules_function *modules)
{
    size_t count = 0;

    modules(modules_count_visit, &count);
    return count;
}

/* Claims an index for LIBRARY. Returns it, or MODULES_ELSEWHERE if all are taken. */
static int place_claim(void *library)
{
    int place = 0;
    void *none = NULL;

    while (place < MODULES_ELSEWHERE && !__atomic_compare_exchange_n(&opened[place].library, &none, library,
                                                                     0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        none = NULL;
        place++;
    }
    return place;
}

/* Opens a copy in a new namespace, which forwards its events to us. Returns the namespace, or LM_ID_NEWLM on
 * failure. */
static COLD Lmid_t copy_open(__typeof__(dlmopen) *open)
{
    const struct copy *copy;
    Dl_info self;
    Lmid_t id = LM_ID_NEWLM;
    void *library;
    int place;

    if (dladdr(&__profile_copy, &self) == 0 || self.dli_fname == NULL ||
        (library = open(LM_ID_NEWLM, self.dli_fname, RTLD_NOW)) == NULL)
        return LM_ID_NEWLM;
    copy = dlsym(library, COPY_NAME);
    place = place_claim(library);
    if (copy == NULL || place == MODULES_ELSEWHERE || dlinfo(library, RTLD_DI_LMID, &id) != 0) {
        if (place < MODULES_ELSEWHERE)
            opened[place].library = NULL;
        dlclose(library);
        return LM_ID_NEWLM;
    }
    copy->forward((struct hooks){__cyg_profile_func_enter, __cyg_profile_func_exit, profile_functions_1});
    __atomic_store_n(&opened[place].opener, system_tid(), __ATOMIC_SEQ_CST);
    opened[place].modules = modules_count(copy->modules);
    __atomic_store_n(&modules_elsewhere[place].modules, copy->modules, __ATOMIC_SEQ_CST);
    return id;
}

/* Closes the copy at index PLACE, unless another thread is asking it for its modules. */
static void copy_close(int place)
{
    modules_function *modules =
        __atomic_exchange_n(&modules_elsewhere[place].modules, NULL, __ATOMIC_SEQ_CST);
    void *library = opened[place].library;

    if (__atomic_load_n(&modules_elsewhere[place].users, __ATOMIC_SEQ_CST) != 0) {
        __atomic_store_n(&modules_elsewhere[place].modules, modules, __ATOMIC_SEQ_CST);
        return;
    }
    opened[place].modules = 0;
    __atomic_store_n(&opened[place].library, NULL, __ATOMIC_SEQ_CST);
    dlclose(library);
}

/* Returns 1 if the thread OPENER may still be in the real dlmopen: it is another one, and lives. */
static int is_opening(uint32_t opener)
{
    return opener != 0 && opener != system_tid() &&
           SYSTEM_CALL(SYS_tgkill, system_pid(), opener, 0, 0, 0, 0) != -ESRCH;
}

/* Closes the copies in namespaces that the program uses no more, or never came to use. */
static void copies_tidy(void)
{
    for (int place = 0; place < MODULES_ELSEWHERE; place++) {
        modules_function *modules = __atomic_load_n(&modules_elsewhere[place].modules, __ATOMIC_SEQ_CST);

        if (modules == NULL || opened[place].modules == 0)
            continue;
        if (modules_count(modules) != opened[place].modules)
            __atomic_store_n(&opened[place].opener, 0, __ATOMIC_SEQ_CST);
        else if (!is_opening(__atomic_load_n(&opened[place].opener, __ATOMIC_SEQ_CST)))
            copy_close(place);
    }
}

/* Prepares namespace ID for a library that RTLD_DEEPBIND opens. */
static COLD void bind_deeply(Lmid_t id)
{
    if (id == LM_ID_BASE)
        deepbind_hooks();
    for (int place = 0; place < MODULES_ELSEWHERE; place++) {
        void *library = __atomic_load_n(&opened[place].library, __ATOMIC_SEQ_CST);
        const struct copy *copy;
        Lmid_t other;

        if (library != NULL && dlinfo(library, RTLD_DI_LMID, &other) == 0 && other == id &&
            (copy = dlsym(library, COPY_NAME)) != NULL)
            copy->bind();
    }
}

EXPORTED void *dlopen(const char *file, int mode);
EXPORTED void *dlopen(const char *file, int mode)
{
    __typeof__(dlopen) *real = NEXT(dlopen);

    if (RARE((mode & RTLD_DEEPBIND) != 0)) {
        sampler_timer_yield(); /* the library calls sigaction() of libc */
        deepbind_hooks();
    }
    return real(file, mode);
}

/* Returns the namespace to open a library in that the program wants to have in namespace ID. */
static __attribute__((noinline)) Lmid_t namespace_for(__typeof__(dlmopen) *open, Lmid_t id, int mode)
{
    sampler_timer_yield(); /* a libc in another namespace has its own sigaction() */
    copies_tidy();
    id = id == LM_ID_NEWLM ? copy_open(open) : id;
    if ((mode & RTLD_DEEPBIND) != 0)
        bind_deeply(id);
    return id;
}

/* A function of its own, as a variable whose address is taken would keep dlmopen from ending in a jump. */
static __attribute__((noinline)) __typeof__(dlmopen) *next_dlmopen(const void *caller)
{
    static any_function *kept;

    return (__typeof__(dlmopen) *)next_kept(&kept, "dlmopen", caller);
}

EXPORTED void *dlmopen(Lmid_t id, const char *file, int mode);
EXPORTED void *dlmopen(Lmid_t id, const char *file, int mode)
{
    __typeof__(dlmopen) *real = next_dlmopen(CALLER);

    return real(namespace_for(real, id, mode), file, mode);
}

/* ---- modules that have gone ---- */

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

/* Returns 1 if no loaded module holds the address START. */
static int has_gone(uint64_t start)
{
    struct presence presence = {start, 0};

    modules_visit(presence_visit, &presence);
    return !presence.is_there;
}

/* Takes the module of range I out of the list if it has gone. Returns 1 if so. The process's lock, which
 * keeps the list in its place, is not held while has_gone() waits for the loader's lock: a thread that holds
 * the loader's lock may wait for ours. */
static int range_forget(struct process *process, size_t i)
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

static size_t ranges_count(struct process *process)
{
    size_t count;

    process_lock(process);
    count = process->range_count;
    process_unlock(process);
    return count;
}

/* Takes the modules that have gone out of the list. Sends all threads to the slow path, to forget them. */
static void ranges_forget(struct process *process)
{
    int forgotten = 0;

    process_lock_retired(process);
    for (size_t i = ranges_count(process); i-- > 0;)
        forgotten |= range_forget(process, i);
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
    struct process *process;
    struct slow slow;
    int result;

    copies_tidy();
    result = NEXT(dlclose)(library);
    copies_tidy();
    if (process_self() != NULL && slow_enter(&slow) == 0) {
        process = process_self();
        if (process != NULL)
            ranges_forget(process);
        slow_leave(&slow);
    }
    return result;
}
