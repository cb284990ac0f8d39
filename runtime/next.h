/*
 * next.h - the function that would have been called without the runtime, for those that stand in for others.
 */
#ifndef NEXT_H
#define NEXT_H

#include <dlfcn.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

typedef void any_function(void);

static inline any_function *next_function(const char *name)
{
    any_function *function;
    void *symbol = dlsym(RTLD_NEXT, name);

    if (symbol == NULL) { /* loaded for itself alone, as pthread_cancel does */
        void *library = dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_NOLOAD);

        symbol = library != NULL ? dlsym(library, name) : NULL;
    }
    memcpy(&function, &symbol, sizeof function); /* ISO C has no cast for it, POSIX wants it to work */
    return function;
}

#endif
