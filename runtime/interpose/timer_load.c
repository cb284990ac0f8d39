/*
 * timer_load.c - loads the library of a timer that the user has brought. It takes a dynamic loader, so
 * libprofile.a does without.
 */
#include <dlfcn.h>
#include <string.h>

#include "runtime/timers/timer.h"

uint64_t (*timer_load(const char *library, const char *function))(void)
{
    uint64_t (*found)(void);
    void *handle = dlopen(library[0] != '\0' ? library : NULL, RTLD_NOW | RTLD_LOCAL);
    void *symbol = handle != NULL ? dlsym(handle, function) : NULL;

    memcpy(&found, &symbol, sizeof found);
    return found;
}
