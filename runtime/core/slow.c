/*
 * slow.c - entering and leaving a slow path. See slow.h.
 */
#include "runtime/core/slow.h"

#include <errno.h>
#include <signal.h>

#include "runtime/system/system.h"

/* A whole word, though an int would do. namespace.c opens and closes copies of this library. glibc reuses the
 * thread-local storage of closed libraries only where their blocks adjoin. It is volatile because clang would
 * shrink it to a byte. */
enum { OUTSIDE, INSIDE, ENDING };
static __thread volatile intptr_t in_slow_path __attribute__((tls_model("initial-exec")));

int slow_enter(struct slow *slow)
{
    static const uint64_t all = ~(uint64_t)0;

    system_signal_mask(SIG_SETMASK, &all, &slow->mask);
    if (in_slow_path == INSIDE) {
        system_signal_mask(SIG_SETMASK, &slow->mask, NULL);
        return -1;
    }
    in_slow_path = INSIDE;
    slow->saved_errno = errno;
    return 0;
}

void slow_leave(const struct slow *slow)
{
    errno = slow->saved_errno;
    in_slow_path = ENDING;
    system_signal_mask(SIG_SETMASK, &slow->mask, NULL);
    in_slow_path = OUTSIDE;
}

int slow_is_ending(void)
{
    return in_slow_path == ENDING;
}
