/*
 * namespace.c - stands in for dlmopen: a library that is opened in a namespace of its own sees nothing of
 * what has been preloaded, and would call the empty hooks of its own copy of libc.
 *
 * So a copy of this library is opened there first, where every search for a name begins. Its hooks go on to
 * ours (hooks.c), which record as ever; the modules there are found through it, for dl_iterate_phdr() shows
 * the namespace of its caller. When nothing else is left there the copy is closed: namespaces are few.
 *
 * The copy stands in for longjmp and the rest in vain, having no frames: what these leave is found by its
 * stack pointer, as in a static program.
 */
#include <dlfcn.h>
#include <link.h>

#include "runtime/core/compiler.h"
#include "runtime/core/modules.h"
#include "runtime/hooks/hooks.h"
#include "runtime/hooks/shut.h"
#include "runtime/interpose/loader.h"
#include "runtime/interpose/next.h"

#define COPY_NAME "__profile_copy"

/* What a copy offers to the first one. */
struct copy {
    void (*forward)(struct hooks first);
    modules_function *modules;
};

/* The loader looks at whom it would return to, so that must be this copy: no jump. */
static int modules_here(modules_visitor *visit, void *argument)
{
    int result = dl_iterate_phdr(visit, argument);

    __asm__ volatile("" ::: "memory");
    return result;
}

extern const struct copy __profile_copy;
EXPORTED const struct copy __profile_copy = {hooks_forward, modules_here};

/* The copies that have been opened, at the places of modules_elsewhere. */
static struct {
    void *library;
    size_t modules; /* there before anything else was opened; 0 until then */
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

typedef void *open_function(Lmid_t id, const char *file, int mode);

/* Opens a copy in a new namespace, *ID, and has it forward to us. Its place, or -1 if that cannot be. */
static int copy_open(open_function *open, Lmid_t *id)
{
    const struct copy *copy;
    Dl_info self;
    void *library;
    int place = 0;

    if (dladdr(&__profile_copy, &self) == 0 || self.dli_fname == NULL ||
        (library = open(LM_ID_NEWLM, self.dli_fname, RTLD_NOW)) == NULL)
        return -1;
    copy = dlsym(library, COPY_NAME);
    for (; place < MODULES_ELSEWHERE; place++) {
        void *none = NULL;

        if (__atomic_compare_exchange_n(&opened[place].library, &none, library, 0, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST))
            break;
    }
    if (copy == NULL || place == MODULES_ELSEWHERE || dlinfo(library, RTLD_DI_LMID, id) != 0) {
        if (place < MODULES_ELSEWHERE)
            opened[place].library = NULL;
        dlclose(library);
        return -1;
    }
    copy->forward((struct hooks){__cyg_profile_func_enter, __cyg_profile_func_exit, profile_functions_1});
    __atomic_store_n(&modules_elsewhere[place].modules, copy->modules, __ATOMIC_SEQ_CST);
    return place;
}

/* Closes the copy at PLACE, unless somebody is just asking it for its modules. */
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

void namespaces_tidy(void)
{
    for (int place = 0; place < MODULES_ELSEWHERE; place++) {
        modules_function *modules = __atomic_load_n(&modules_elsewhere[place].modules, __ATOMIC_SEQ_CST);

        if (modules != NULL && opened[place].modules != 0 && modules_count(modules) == opened[place].modules)
            copy_close(place);
    }
}

EXPORTED void *dlmopen(Lmid_t id, const char *file, int mode);
EXPORTED void *dlmopen(Lmid_t id, const char *file, int mode)
{
    static any_function *kept = NULL;
    open_function *real = (open_function *)next_kept(&kept, "dlmopen", CALLER);
    size_t modules;
    void *library;
    int place;

    if (id != LM_ID_NEWLM || (place = copy_open(real, &id)) < 0)
        return real(id, file, mode);
    modules = modules_count(modules_elsewhere[place].modules);
    library = real(id, file, mode);
    if (library == NULL) { /* and again, so that dlerror() says why */
        copy_close(place);
        return real(LM_ID_NEWLM, file, mode);
    }
    opened[place].modules = modules;
    return library;
}
