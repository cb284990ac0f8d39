/*
 * timer_load.c - loads the library of a custom timer. That takes a dynamic loader, so this is not in
 * libprofile.a.
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
