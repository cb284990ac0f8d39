/*
 * slow.c - entering and leaving a slow path. See slow.h.
 */
#include "runtime/core/slow.h"

#include <errno.h>
#include <signal.h>

#include "arch.h"
#include "runtime/core/thread.h"
#include "runtime/core/turnstile.h"
#include "runtime/system/system.h"

/* A whole word, though an int would do. namespace.c opens and closes copies of this library. glibc reuses the
 * thread-local storage of closed libraries only where their blocks adjoin. It is volatile because clang would
 * shrink it to a byte. */
enum { OUTSIDE, INSIDE, EXPOSED, ENDING };
static __thread volatile intptr_t in_slow_path __attribute__((tls_model("initial-exec")));

/* A slow path must end under the filters of system calls under which it began: what it has blocked, opened or
 * mapped it must be able to give back. So a filter waits until all have ended. A thread that leaves a signal
 * handler by longjmp while slow_leave() unblocks signals never leaves: it costs such waits half a second. */
static struct turnstile slow_paths;

int slow_enter(struct slow *slow)
{
    static const uint64_t all = ~(uint64_t)0;

    if (in_slow_path == INSIDE || in_slow_path == EXPOSED)
        return -1;
    turnstile_enter(&slow_paths);
    slow->is_masked = system_signal_mask(SIG_SETMASK, &all, &slow->mask) == 0;
    in_slow_path = slow->is_masked ? INSIDE : EXPOSED;
    if (!slow->is_masked)
        thread_hold(thread_self());
    slow->saved_errno = errno;
    return 0;
}

/* Unblocks signals even if the program is just forbidding itself that: its filter waits for us. */
static void mask_restore(const struct slow *slow)
{
    in_slow_path = ENDING;
    arch_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&slow->mask, 0, sizeof slow->mask, 0, 0);
}

void slow_leave(const struct slow *slow)
{
    errno = slow->saved_errno;
    if (slow->is_masked)
        mask_restore(slow);
    in_slow_path = OUTSIDE;
    if (!slow->is_masked)
        thread_release(thread_self());
    turnstile_leave(&slow_paths);
}

int slow_is_exposed(void)
{
    return in_slow_path == EXPOSED;
}

int slow_is_ending(void)
{
    return in_slow_path == ENDING;
}

void slow_exclude(void)
{
    turnstile_close(&slow_paths, 1);
}

void slow_share(void)
{
    turnstile_open(&slow_paths);
}

void slow_after_fork_in_child(void)
{
    slow_paths = (struct turnstile){0, 0};
}
