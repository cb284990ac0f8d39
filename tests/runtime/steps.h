/*
 * steps.h - interrupts a test between any two instructions, as a signal handler may interrupt a hook.
 *
 * The processor stops after each instruction while its trap flag is set.
 */
#ifndef TESTS_RUNTIME_STEPS_H
#define TESTS_RUNTIME_STEPS_H

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) /* which delays signals */

enum { STEPS_TRAP = 1 << 8 };

static void (*steps_handler)(void);
static long steps_left;

static void steps_trap(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
    if (--steps_left == 0) {
        steps_handler();
        ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~STEPS_TRAP;
    }
}

/* Calls WORK, and HANDLER after instruction number STEP of it. Returns 1 if HANDLER was called: 0 if WORK has
 * fewer instructions, or if the machine cannot do this. */
static int steps_interrupt(long step, void (*work)(void), void (*handler)(void))
{
    struct sigaction action = {.sa_sigaction = steps_trap, .sa_flags = SA_SIGINFO};

    steps_handler = handler;
    steps_left = step;
    sigaction(SIGTRAP, &action, NULL);
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | STEPS_TRAP);
    work();
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~(uint64_t)STEPS_TRAP);
    return steps_left <= 0;
}

#else

static int steps_interrupt(long step, void (*work)(void), void (*handler)(void))
{
    (void)step, (void)work, (void)handler;
    return 0;
}

#endif

#endif
