/*
 * play.h - for unit tests of the runtime: plays events on its hooks under a clock that is set, in a forked
 * child, which so gets an image of its own, and loads that. The functions are made-up addresses; the stack is
 * the real one.
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
static uint64_t play_start = 1000; /* what the clock says at first */

/* Every other one shares its place in struct thread.recent. */
enum { PLAY_ADDRESS = 0x1000, PLAY_STEP = RECENT_CALLS / 2 };

static inline void *play_address(int function)
{
    return (void *)(uintptr_t)(PLAY_ADDRESS + PLAY_STEP * function);
}

/* The call site only matters to exits by tail jump, which these events are not. */
static inline __attribute__((always_inline)) void play_enter(int function)
{
    __cyg_profile_func_enter(play_address(function), play_address(0));
}

static inline __attribute__((always_inline)) void play_leave(int function)
{
    __cyg_profile_func_exit(play_address(function), play_address(0));
    __asm__ volatile(""); /* else it might become one */
}

/* Starts the test once more, with OPTIONS for the runtime, which reads them before main. -1 if it cannot. By
 * its path: what /proc/self/exe is, under valgrind, is valgrind. */
static inline int play_options(int argc, char **argv, const char *options)
{
    if (argc > 1)
        return 0;
    setenv("PROFILE_OPTIONS", options, 1);
    execl(argv[0], argv[0], "again", (char *)NULL);
    return -1;
}

/* Runs EVENTS in a child with the clock at play_start and loads the image it leaves. */
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
