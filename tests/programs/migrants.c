/*
 * migrants.c - resumes coroutines on other threads than those that they began on. Prints the calls that a
 * profile must have: "calls FUNCTION N".
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#define UNCOUNTED __attribute__((no_instrument_function))
#define NOINLINE  __attribute__((noinline))
#define KEEP()    __asm__ volatile("" ::: "memory")

enum { COROUTINES = 16, THREADS = 4, ROUNDS = 200, STACK = 64 * 1024 };

static ucontext_t coroutines[COROUTINES];
static ucontext_t *resumers[COROUTINES];
static int done[COROUTINES];

NOINLINE static void leaf(void)
{
    KEEP();
}

NOINLINE static void yield(int self)
{
    leaf();
    swapcontext(&coroutines[self], resumers[self]);
    leaf();
    KEEP();
}

NOINLINE static void recursive(int self, int depth)
{
    if (depth > 0)
        recursive(self, depth - 1);
    else
        yield(self);
    KEEP();
}

static void body(int self)
{
    for (int i = 0; i < ROUNDS; i++)
        recursive(self, i % 10);
    done[self] = 1;
    setcontext(resumers[self]);
}

NOINLINE static void resume(int coroutine)
{
    ucontext_t here = {0}; /* zeroed, because swapcontext() does not set the bounds of its stack */

    leaf();
    resumers[coroutine] = &here;
    if (!done[coroutine])
        swapcontext(&here, &coroutines[coroutine]);
    leaf();
    KEEP();
}

static pthread_barrier_t barrier;

/* In each round, resumes a share of the coroutines. The next thread gets that share in the next round. */
static void *work(void *argument)
{
    int self = (int)(long)argument;

    for (int round = 0; round <= ROUNDS; round++) {
        for (int i = 0; i < COROUTINES; i++)
            if ((i + round) % THREADS == self)
                resume(i);
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

UNCOUNTED int main(void)
{
    pthread_t threads[THREADS];
    int recursions = 0;

    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < COROUTINES; i++) {
        getcontext(&coroutines[i]);
        coroutines[i].uc_stack.ss_sp = malloc(STACK);
        coroutines[i].uc_stack.ss_size = STACK;
        makecontext(&coroutines[i], (void (*)(void))body, 1, i);
    }
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < ROUNDS; i++)
        recursions += i % 10 + 1;
    printf("calls body %d\n", COROUTINES);
    printf("calls leaf %d\n", COROUTINES * (2 * ROUNDS + 2 * (ROUNDS + 1)));
    printf("calls recursive %d\n", COROUTINES * recursions);
    printf("calls resume %d\n", COROUTINES * (ROUNDS + 1));
    printf("calls work %d\n", THREADS);
    printf("calls yield %d\n", COROUTINES * ROUNDS);
    return 0;
}
