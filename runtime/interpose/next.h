/*
 * next.h - the function that would have been called without the runtime, for those that stand in for others.
 */
#ifndef RUNTIME_INTERPOSE_NEXT_H
#define RUNTIME_INTERPOSE_NEXT_H

#include <dlfcn.h>
#include <string.h>

typedef void any_function(void);

/* The next one by NAME after us, or, where the caller's library was opened for itself alone with what it
 * needs, the one that this library sees: CALLER is an address in it. NULL if there is none. */
static inline any_function *next_function(const char *name, const void *caller)
{
    any_function *function;
    void *symbol = dlsym(RTLD_NEXT, name);
    Dl_info info;

    if (symbol == NULL && dladdr(caller, &info) != 0 && info.dli_fname != NULL) {
        void *library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);

        if (library != NULL) {
            symbol = dlsym(library, name);
            dlclose(library);
        }
    }
    memcpy(&function, &symbol, sizeof function); /* ISO C has no cast for it, POSIX wants it to work */
    return function;
}

/* The same, found once: whichever thread is the first keeps it in *KEPT. */
static inline any_function *next_kept(any_function **kept, const char *name, const void *caller)
{
    any_function *function = __atomic_load_n(kept, __ATOMIC_RELAXED);

    if (function == NULL) {
        function = next_function(name, caller);
        __atomic_store_n(kept, function, __ATOMIC_RELAXED);
    }
    return function;
}

#define CALLER __builtin_return_address(0)

/* A pointer to the next function NAME, of the type of its declaration, for the stand-in that has that name.
 */
#define NEXT(name)                                                                                           \
    __extension__({                                                                                          \
        static any_function *kept;                                                                           \
        (__typeof__(name) *)next_kept(&kept, #name, CALLER);                                                 \
    })

#endif
