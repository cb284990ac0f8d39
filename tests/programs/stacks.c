/*
 * stacks.c - runs on other stacks than its threads' own. Prints the calls that a profile must have, in the
 * form of tests/lib/inspect.c: "edge CALLER CALLEE CALLS".
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define UNCOUNTED __attribute__((no_instrument_function))
#define NOINLINE  __attribute__((noinline))
#define KEEP()    __asm__ volatile("" ::: "memory")

enum { STACK = 64 * 1024, ROUNDS = 1000, COROUTINES = 20 };

static volatile int sum;

NOINLINE static void leaf(void)
{
    sum++;
    KEEP();
}

/* ---- signals on an alternate stack ---- */

static sigjmp_buf back;
static volatile int jumping;

NOINLINE static void handler_callee(void)
{
    leaf();
    KEEP();
}

NOINLINE static void inner_handler(int number)
{
    (void)number;
    leaf();
    KEEP();
}

NOINLINE static void handler(int number)
{
    (void)number;
    handler_callee();
    raise(SIGUSR2);
    if (jumping)
        siglongjmp(back, 1);
    KEEP();
}

NOINLINE static void interrupted(void)
{
    leaf();
    raise(SIGUSR1);
    leaf();
    KEEP();
}

NOINLINE static void jumps_out(void)
{
    if (sigsetjmp(back, 1) == 0)
        interrupted();
    leaf();
    KEEP();
}

UNCOUNTED static void use_alternate_stack(void *memory)
{
    stack_t stack = {.ss_sp = memory, .ss_size = STACK};
    struct sigaction action = {.sa_flags = SA_ONSTACK};

    sigaltstack(&stack, NULL);
    action.sa_handler = handler;
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = inner_handler;
    sigaction(SIGUSR2, &action, NULL);
}

/* Handles signals on an alternate stack outside of the thread's own stack, and then inside of it. */
NOINLINE static void signals(void)
{
    char within[STACK];

    for (int place = 0; place < 2; place++) {
        use_alternate_stack(place ? within : malloc(STACK));
        jumping = 0;
        for (int i = 0; i < 10; i++)
            interrupted();
        jumping = 1;
        for (int i = 0; i < 10; i++)
            jumps_out();
    }
    use_alternate_stack(malloc(STACK));
}

static void *signalled(void *argument)
{
    signals();
    return argument;
}

/* ---- contexts ---- */

static ucontext_t home, contexts[COROUTINES];

NOINLINE static void yield_from(int coroutine, int depth)
{
    if (depth > 0) {
        yield_from(coroutine, depth - 1);
        KEEP();
        return;
    }
    leaf();
    swapcontext(&contexts[coroutine], &home);
    leaf();
}

NOINLINE static void coroutine(int number)
{
    for (int i = 0; i < ROUNDS; i++)
        yield_from(number, number);
    KEEP();
}

NOINLINE static void resume(int number)
{
    leaf();
    swapcontext(&home, &contexts[number]);
    leaf();
}

NOINLINE static void coroutines(void)
{
    for (int i = 0; i < COROUTINES; i++) {
        getcontext(&contexts[i]);
        contexts[i].uc_stack.ss_sp = malloc(STACK);
        contexts[i].uc_stack.ss_size = STACK;
        contexts[i].uc_link = &home;
        makecontext(&contexts[i], (void (*)(void))(uintptr_t)coroutine, 1, i);
    }
    for (int round = 0; round <= ROUNDS; round++)
        for (int i = 0; i < COROUTINES; i++)
            resume(i);
    KEEP();
}

UNCOUNTED static void expect(const char *caller, const char *callee, int calls)
{
    printf("edge %s %s %d\n", caller, callee, calls);
}

int main(void)
{
    pthread_t thread;
    int yields = 0;

    signals();
    pthread_create(&thread, NULL, signalled, NULL);
    pthread_join(thread, NULL);
    coroutines();

    expect("-", "main", 1);
    expect("main", "signals", 1);
    expect("-", "signalled", 1);
    expect("signalled", "signals", 1);
    expect("signals", "interrupted", 40);
    expect("signals", "jumps_out", 40);
    expect("jumps_out", "interrupted", 40);
    expect("jumps_out", "leaf", 40);
    expect("interrupted", "leaf", 2 * 40 + 40);
    expect("interrupted", "handler", 80);
    expect("handler", "handler_callee", 80);
    expect("handler_callee", "leaf", 80);
    expect("handler", "inner_handler", 80);
    expect("inner_handler", "leaf", 80);
    expect("main", "coroutines", 1);
    expect("coroutines", "resume", COROUTINES * (ROUNDS + 1));
    expect("resume", "leaf", 2 * COROUTINES * (ROUNDS + 1));
    expect("-", "coroutine", COROUTINES);
    expect("coroutine", "yield_from", COROUTINES * ROUNDS);
    for (int i = 0; i < COROUTINES; i++)
        yields += i * ROUNDS;
    expect("yield_from", "yield_from", yields);
    expect("yield_from", "leaf", 2 * COROUTINES * ROUNDS);
    return 0;
}
