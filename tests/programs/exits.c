/*
 * exits.c - leaves functions in every way that C has. Prints the calls that a profile must have, in the form
 * of tests/lib/inspect.c: "edge CALLER CALLEE CALLS". The first argument tells how the program itself ends.
 */
#include <alloca.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNCOUNTED __attribute__((no_instrument_function))
#define NOINLINE  __attribute__((noinline))

/* Keeps the compiler from turning the call before it into a jump. */
#define KEEP() __asm__ volatile("" ::: "memory")

static volatile int sum;

NOINLINE static void leaf(void)
{
    sum++;
    KEEP();
}

/* Its frame covers the stack of the frames that a jump has left. */
NOINLINE static void large(void)
{
    char block[4000];

    memset(block, 1, sizeof block);
    __asm__ volatile("" : : "r"(block) : "memory");
    leaf();
    KEEP();
}

/* ---- longjmp ---- */

static jmp_buf back;

NOINLINE static void jump_from(int depth)
{
    if (depth == 0)
        longjmp(back, 1);
    jump_from(depth - 1);
    KEEP();
}

NOINLINE static void jump_over(int depth)
{
    if (setjmp(back) == 0)
        jump_from(depth);
    large();
    KEEP();
}

/* Calls itself, and its innermost call jumps back to an outer one. */
NOINLINE static void jump_into_itself(int depth)
{
    volatile int level = depth;

    if (depth == 0)
        longjmp(back, 1);
    if (depth == 5 && setjmp(back) != 0) {
        leaf();
        return;
    }
    jump_into_itself(level - 1);
    KEEP();
}

static sigjmp_buf back_from_signal;

NOINLINE static void handler(int number)
{
    (void)number;
    leaf();
    siglongjmp(back_from_signal, 1);
}

NOINLINE static void interrupted(void)
{
    raise(SIGUSR1);
    KEEP();
}

NOINLINE static void jump_from_handler(void)
{
    if (sigsetjmp(back_from_signal, 1) == 0)
        interrupted();
    large();
    KEEP();
}

/* ---- stacks of uncommon shapes ---- */

NOINLINE static void allocates(volatile int size)
{
    volatile char *block = alloca((size_t)size);

    for (int i = 1; i < 4; i++) {
        volatile char array[size * i];

        array[0] = block[0] = 1;
        leaf();
    }
    large();
    KEEP();
}

static inline int inlined(int n)
{
    leaf();
    return n + 1;
}

NOINLINE static int many_arguments(int a, int b, int c, int d, int e, int f, int g, int h, int i)
{
    return inlined(a + b + c + d + e + f + g + h + i);
}

NOINLINE static void pushes_arguments(void)
{
    sum +=
        many_arguments(1, 2, 3, 4, 5, 6, inlined(7), inlined(8), many_arguments(1, 2, 3, 4, 5, 6, 7, 8, 9));
    KEEP();
}

/* gcc pops its two arguments on the stack late: after the entry hook of the function that is inlined next. */
NOINLINE static int eight_arguments(int a, int b, int c, int d, int e, int f, long *g, long *h)
{
    *g = *h;
    KEEP();
    return a + b + c + d + e + f;
}

static inline __attribute__((always_inline)) void inlined_inner(void)
{
    leaf();
}

static inline __attribute__((always_inline)) void inlined_outer(const int *condition)
{
    if (*condition) {
        inlined_inner();
        inlined_inner();
    }
    leaf();
    inlined_inner();
}

NOINLINE static int pops_late(int depth)
{
    long x = 1, y = 2;
    int n = eight_arguments(depth, 2, 3, 4, 5, 6, &x, &y);

    inlined_outer(&n);
    if (depth > 0)
        n += pops_late(depth - 1);
    n += eight_arguments(depth, 2, 3, 4, 5, 6, &y, &x);
    inlined_outer(&n);
    leaf();
    return n;
}

static int compare(const void *left, const void *right)
{
    leaf();
    return *(const int *)left - *(const int *)right;
}

NOINLINE static void through_libc(void)
{
    int numbers[] = {3, 1, 2};

    qsort(numbers, 3, sizeof *numbers, compare);
    KEEP();
}

/* ---- threads ---- */

NOINLINE static void exits_thread(int depth)
{
    leaf();
    if (depth == 0)
        pthread_exit(NULL);
    exits_thread(depth - 1);
    KEEP();
}

static void *exiting(void *argument)
{
    exits_thread(3);
    return argument;
}

static volatile int started;

NOINLINE static void waits(void)
{
    leaf();
    started = 1;
    for (;;)
        pause();
}

static void *cancelled(void *argument)
{
    waits();
    return argument;
}

static void *cancelled_at_once(void *argument)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    waits();
    return argument;
}

UNCOUNTED static void cancel(void *start(void *))
{
    pthread_t thread;

    started = 0;
    pthread_create(&thread, NULL, start, NULL);
    while (!started)
        usleep(100);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
}

/* ---- the end ---- */

NOINLINE static void ends(const char *how, int depth)
{
    if (depth > 0) {
        ends(how, depth - 1);
        KEEP();
        return;
    }
    fflush(stdout);
    if (strcmp(how, "exit") == 0)
        exit(3);
    if (strcmp(how, "quick_exit") == 0)
        quick_exit(3);
    if (strcmp(how, "_exit") == 0)
        _exit(3);
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "kill") == 0)
        kill(getpid(), SIGKILL);
    if (strcmp(how, "segv") == 0)
        *(volatile int *)(uintptr_t)depth = 1;
    if (strcmp(how, "exec") == 0)
        execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
    if (strcmp(how, "pthread_exit") == 0)
        pthread_exit(NULL);
}

UNCOUNTED static void expect(const char *caller, const char *callee, int calls)
{
    printf("edge %s %s %d\n", caller, callee, calls);
}

int main(int argc, char **argv)
{
    pthread_t thread;

    for (int i = 0; i < 100; i++)
        jump_over(i % 2 ? 0 : 1000);
    for (int i = 0; i < 10; i++)
        jump_into_itself(10);
    signal(SIGUSR1, handler);
    for (int i = 0; i < 10; i++)
        jump_from_handler();
    for (int i = 0; i < 10; i++)
        allocates(100 * i + 1);
    for (int i = 0; i < 10; i++)
        pushes_arguments(), sum += pops_late(3);
    through_libc();
    for (int i = 0; i < 10; i++)
        pthread_create(&thread, NULL, exiting, NULL), pthread_join(thread, NULL);
    for (int i = 0; i < 5; i++)
        cancel(cancelled), cancel(cancelled_at_once);

    expect("-", "main", 1);
    expect("main", "jump_over", 100);
    expect("jump_over", "jump_from", 100);
    expect("jump_from", "jump_from", 50 * 1000);
    expect("jump_over", "large", 100);
    expect("large", "leaf", 100 + 10 + 10);
    expect("main", "jump_into_itself", 10);
    expect("jump_into_itself", "jump_into_itself", 100);
    expect("jump_into_itself", "leaf", 10);
    expect("main", "jump_from_handler", 10);
    expect("jump_from_handler", "interrupted", 10);
    expect("interrupted", "handler", 10);
    expect("handler", "leaf", 10);
    expect("jump_from_handler", "large", 10);
    expect("main", "allocates", 10);
    expect("allocates", "leaf", 30);
    expect("allocates", "large", 10);
    expect("main", "pushes_arguments", 10);
    expect("main", "pops_late", 10);
    expect("pops_late", "pops_late", 30);
    expect("pops_late", "eight_arguments", 80);
    expect("pops_late", "inlined_outer", 80);
    expect("pops_late", "leaf", 40);
    expect("inlined_outer", "inlined_inner", 240);
    expect("inlined_outer", "leaf", 80);
    expect("inlined_inner", "leaf", 240);
    expect("pushes_arguments", "inlined", 20);
    expect("pushes_arguments", "many_arguments", 20);
    expect("many_arguments", "inlined", 20);
    expect("inlined", "leaf", 40);
    expect("main", "through_libc", 1);
    expect("through_libc", "compare", 3);
    expect("compare", "leaf", 3);
    expect("-", "exiting", 10);
    expect("exiting", "exits_thread", 10);
    expect("exits_thread", "exits_thread", 30);
    expect("exits_thread", "leaf", 40);
    expect("-", "cancelled", 5);
    expect("cancelled", "waits", 5);
    expect("-", "cancelled_at_once", 5);
    expect("cancelled_at_once", "waits", 5);
    expect("waits", "leaf", 10);
    expect("main", "ends", 1);
    expect("ends", "ends", 10);
    ends(argc > 1 ? argv[1] : "", 10);
    return 3;
}
