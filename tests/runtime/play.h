/*
 * play.h - plays events on the hooks of the runtime, for its unit tests.
 *
 * The events run in a forked child, which thus has its own image. The test sets the clock. Then the parent
 * loads the image. The functions are made-up addresses; the stack is the real one.
 */
#ifndef TESTS_RUNTIME_PLAY_H
#define TESTS_RUNTIME_PLAY_H

#include "tests/lib/case.h"
#include "tests/lib/load_profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/core/thread.h"
#include "runtime/hooks/hooks.h"

uint64_t settable_clock, settable_price;
static uint64_t play_start = 1000; /* the time at which the clock starts, in ticks */

/* The step makes every other function share its place in struct thread.recent. */
enum { PLAY_ADDRESS = 0x1000, PLAY_STEP = RECENT_CALLS / 2 };

static inline void *play_address(int function)
{
    return (void *)(uintptr_t)(PLAY_ADDRESS + PLAY_STEP * function);
}

/* Enters FUNCTION. The call site is made up: it matters only to exits by a tail jump, which do not occur
 * here. */
static inline __attribute__((always_inline)) void play_enter(int function)
{
    __cyg_profile_func_enter(play_address(function), play_address(0));
}

static inline __attribute__((always_inline)) void play_leave(int function)
{
    __cyg_profile_func_exit(play_address(function), play_address(0));
    __asm__ volatile(""); /* keeps the call of the hook from becoming a tail jump */
}

/*
 * Starts the test again with OPTIONS for the runtime, which reads them before main. Returns 0 in the test
 * that was started again, or -1 if that failed. Uses the path in ARGV, because /proc/self/exe is valgrind if
 * that runs the test.
 */
static inline int play_options(int argc, char **argv, const char *options)
{
    if (argc > 1)
        return 0;
    setenv("PROFILE_OPTIONS", options, 1);
    execl(argv[0], argv[0], "again", (char *)NULL);
    return -1;
}

/* Runs EVENTS in a child, with the clock at play_start. Loads the child's image into PROFILE. */
static inline void play(void (*events)(void *), void *argument, struct profile *profile)
{
    struct message message = {""};
    char path[64];
    int status;
    pid_t child = fork();

    if (child == 0) {
        settable_clock = play_start;
        events(argument);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    snprintf(path, sizeof path, "profile.%d.prof", (int)child);
    if (load_profile(profile, path, &message) != 0)
        fail_msg("%s", message.text);
    unlink(path);
}

#endif
