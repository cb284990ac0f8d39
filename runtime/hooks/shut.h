/*
 * shut.h - events at a shut gate.
 */
#ifndef RUNTIME_HOOKS_SHUT_H
#define RUNTIME_HOOKS_SHUT_H

#include <stdint.h>

#include "runtime/core/compiler.h"

struct profile_functions;

/* The functions of this library that programs call. */
struct hooks {
    void (*enter)(void *function, void *call_site);
    void (*exit)(void *function, void *call_site);
    const struct profile_functions *(*functions)(void); /* profile.h */
};

/* The hooks of the copy of this library that records for all namespaces, if that is another one; else NULLs.
 */
extern HIDDEN struct hooks hooks_elsewhere;

/* Sends all events to FIRST, the hooks of another copy of this library, from now on. */
void hooks_forward(struct hooks first);

/* Calls that came before the library had been relocated. */
extern HIDDEN uint64_t hooks_too_early;

/* An event at SP that came to a shut gate, by a jump from its hook. Its return address is the hook's. */
void shut_enter(void *function, void *call_site, uint64_t sp);
void shut_exit(void *function, void *call_site, uint64_t sp);

#endif
