/*
 * whole.c - programs whose total is known: whole CASE [LIBRARY]
 *
 * Each case works for a tenth of a second or two on an unusual path: in threads, in forked children, in a
 * program that it executes, on the stacks of coroutines, in handlers of signals, out of jumps, in a library
 * that is closed again, or before and after pauses. It prints the nanoseconds of CPU time that its functions
 * with hooks took, a line for each process. Their sum is what a profile of it should add up to.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "apart.h"

enum {
    STEP = 150,   /* multiplications, of about 0.7 ns */
    STEPS = 2000, /* in a part */
    PARTS = 400,
    THREADS = 2, /* as many as have a processor each, nearly everywhere */
    TURNS = 10,  /* of two coroutines */
    DEPTH = 10,
    STACK = 256 << 10 /* bytes */
};

static _Atomic uint64_t *taken; /* nanoseconds, of this process and its children; shared with them */
static volatile uint64_t result;
static const char *library, *program;

WITHOUT_HOOKS static void check(int is_right)
{
    if (!is_right)
        abort();
}

WITHOUT_HOOKS static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Adds the CPU time that RUN takes. */
WITHOUT_HOOKS static void measure(void (*run)(void))
{
    uint64_t start = now();

    run();
    *taken += now() - start;
}

APART static uint64_t step(uint64_t x)
{
    return multiply(x, STEP);
}

APART static void work(void)
{
    for (unsigned i = 0; i < STEPS; i++)
        result = step(i);
}

WITHOUT_HOOKS static void repeat(void (*run)(void))
{
    for (unsigned i = 0; i < PARTS; i++)
        measure(run);
}

/* ---- the cases ---- */

WITHOUT_HOOKS static void plain(void)
{
    repeat(work);
}

WITHOUT_HOOKS static void *thread(void *argument)
{
    (void)argument;
    repeat(work);
    return NULL;
}

WITHOUT_HOOKS static void threads(void)
{
    pthread_t all[THREADS];

    for (unsigned i = 0; i < THREADS; i++)
        check(pthread_create(&all[i], NULL, thread, NULL) == 0);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(all[i], NULL);
}

WITHOUT_HOOKS static void forks(void)
{
    for (unsigned i = 0; i < THREADS; i++) {
        pid_t child = fork();

        check(child >= 0);
        if (child == 0) {
            repeat(work);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
}

WITHOUT_HOOKS static void exec(void)
{
    repeat(work);
    printf("%" PRIu64 "\n", (uint64_t)*taken);
    fflush(stdout);
    execl(program, program, "plain", (char *)NULL);
    abort();
}

static ucontext_t outside, coroutines[2];

static unsigned turns;

APART static void coroutine(int self)
{
    for (;;) {
        for (unsigned i = 0; i < STEPS / TURNS; i++)
            result = step(i);
        swapcontext(&coroutines[self], ++turns < TURNS ? &coroutines[1 - self] : &outside);
    }
}

/* Begins a coroutine that takes turns with another one. After the last turn both are left as they are. */
APART static void switches(void)
{
    static char stacks[2][STACK];

    turns = 0;
    for (int i = 0; i < 2; i++) {
        getcontext(&coroutines[i]);
        coroutines[i].uc_stack = (stack_t){.ss_sp = stacks[i], .ss_size = STACK};
        makecontext(&coroutines[i], (void (*)(void))coroutine, 1, i);
    }
    swapcontext(&outside, &coroutines[0]);
}

WITHOUT_HOOKS static void contexts(void)
{
    repeat(switches);
}

APART static void handle(int number)
{
    for (unsigned i = 0; i < STEPS / 20; i++)
        result = step((unsigned)number);
}

APART static void interrupted(void)
{
    for (unsigned i = 0; i < 10; i++) {
        for (unsigned j = 0; j < STEPS / 20; j++)
            result = step(j);
        raise(SIGUSR1);
    }
}

WITHOUT_HOOKS static void signals(void)
{
    static char stack[STACK];
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};

    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = STACK}, NULL);
    sigaction(SIGUSR1, &action, NULL);
    repeat(interrupted);
}

static jmp_buf back;

/* Never returns. */
#pragma GCC diagnostic ignored "-Winfinite-recursion"
APART static void descend(unsigned depth)
{
    for (unsigned i = 0; i < STEPS / 10 / DEPTH; i++)
        result = step(i);
    if (depth == 0)
        longjmp(back, 1);
    descend(depth - 1);
    result = depth; /* so that this is no tail call */
}

APART static void jump(void)
{
    for (volatile unsigned i = 0; i < 10; i++)
        if (setjmp(back) == 0)
            descend(DEPTH - 1);
}

WITHOUT_HOOKS static void jumps(void)
{
    repeat(jump);
}

WITHOUT_HOOKS static void libraries(void)
{
    for (unsigned i = 0; i < PARTS; i++) {
        void *handle = dlopen(library, RTLD_NOW);
        void *function = handle != NULL ? dlsym(handle, "library_work") : NULL;
        void (*run)(void);

        check(function != NULL);
        memcpy(&run, &function, sizeof run);
        measure(run);
        dlclose(handle);
    }
}

/* To be recorded from each call of work() to its end: profile --start-at work. */
WITHOUT_HOOKS static void pauses(void)
{
    for (unsigned i = 0; i < PARTS; i++) {
        measure(work);
        for (unsigned j = 0; j < STEPS; j++)
            result = step(j);
    }
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {{"plain", plain}, {"threads", threads},     {"forks", forks},
             {"exec", exec},   {"contexts", contexts},   {"signals", signals},
             {"jumps", jumps}, {"libraries", libraries}, {"pauses", pauses}};

WITHOUT_HOOKS int main(int argc, char **argv)
{
    taken = mmap(NULL, sizeof *taken, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(taken != MAP_FAILED && argc > 1);
    program = argv[0];
    library = argc > 2 ? argv[2] : "";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(cases[i].name, argv[1]) == 0)
            cases[i].run();
    printf("%" PRIu64 "\n", (uint64_t)*taken);
    return 0;
}
