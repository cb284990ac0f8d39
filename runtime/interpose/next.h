/*
 * next.h - finds the function that a stand-in replaces: the one that would be called without this library.
 */
#ifndef RUNTIME_INTERPOSE_NEXT_H
#define RUNTIME_INTERPOSE_NEXT_H

#include <dlfcn.h>
#include <string.h>

typedef void any_function(void);

/* Returns the next function NAME behind this library in the order of search, or NULL. CALLER is an address in
 * the library that calls the stand-in. That library may have been opened with RTLD_LOCAL, and then NAME may
 * be found in its own scope alone. */
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
    memcpy(&function, &symbol, sizeof function); /* ISO C has no such cast, but POSIX says that it works */
    return function;
}

/* Returns next_function(NAME, CALLER), which the first call keeps in *KEPT. Threads that are the first at one
 * time store equal pointers. */
static inline any_function *next_kept(any_function **kept, const char *name, const void *caller)
{
    any_function *function = __atomic_load_n(kept, __ATOMIC_RELAXED);

    if (function == NULL) {
        function = next_function(name, caller);
        __atomic_store_n(kept, function, __ATOMIC_RELAXED);
    }
    return function;
}

/* An address in the caller of a stand-in. */
#define CALLER __builtin_return_address(0)

/* Evaluates to a pointer to the next function NAME, of the type of its declaration. For the stand-in for
 * NAME. */
#define NEXT(name)                                                                                           \
    __extension__({                                                                                          \
        static any_function *kept;                                                                           \
        (__typeof__(name) *)next_kept(&kept, #name, CALLER);                                                 \
    })

#endif
