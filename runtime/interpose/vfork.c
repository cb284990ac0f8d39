/*
 * vfork.c - stands in for vfork, to close the calls that its child has left open.
 *
 * Until it executes a program or exits, the child runs in the memory of its parent, on the parent's stack. So
 * its calls are recorded as the parent's. It leaves some without a return: they would stay open, and what the
 * parent calls next would seem to be called by them.
 */
#include "vfork.h"

#include "runtime/core/compiler.h"

#ifdef ARCH_VFORK

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "runtime/core/thread.h"
#include "runtime/hooks/events.h"
#include "runtime/interpose/next.h"
#include "runtime/system/system.h"

HIDDEN long vfork_finish(uint64_t sp, long result);

/* The vfork of a library between this one and libc, which may have a reason of its own; NULL: there is none.
 */
extern HIDDEN any_function *vfork_other;
any_function *vfork_other;

ARCH_VFORK(vfork_other, vfork_finish);

/* Returns 1 if FUNCTION is of the library that has getpid(). */
static int is_of_libc(any_function *function)
{
    any_function *known = next_function("getpid", CALLER);
    const void *addresses[2];
    Dl_info one, other;

    memcpy(&addresses[0], &function, sizeof function);
    memcpy(&addresses[1], &known, sizeof known);
    return dladdr(addresses[0], &one) != 0 && dladdr(addresses[1], &other) != 0 &&
           one.dli_fbase == other.dli_fbase;
}

__attribute__((constructor)) static void find(void)
{
    any_function *next = next_function("vfork", CALLER);

    if (next != NULL && !is_of_libc(next))
        vfork_other = next;
}

/* vfork returns RESULT of the system call in the parent, to a function whose stack pointer is then SP. */
__attribute__((used)) long vfork_finish(uint64_t sp, long result)
{
    if (system_is_error(result)) {
        errno = (int)-result;
        return -1;
    }
    event_unwind_to(sp - HOOK_FRAME, 0);
    return result;
}

#endif
