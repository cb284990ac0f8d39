/*
 * threads.c - starts and ends threads in all ways. Prints the calls that a profile must have, in the form of
 * tests/lib/inspect.c: "edge CALLER CALLEE CALLS".
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define UNCOUNTED __attribute__((no_instrument_function))
#define NOINLINE  __attribute__((noinline))
#define KEEP()    __asm__ volatile("" ::: "memory")

#ifndef WAVES
#define WAVES 40
#endif

enum { WAVE = 50, AT_ONCE = 64, DETACHED = 100, RUNNING = 8 };

static pthread_key_t key;
static atomic_int detached_done, running;
static pthread_barrier_t barrier;

NOINLINE static void leaf(void)
{
    KEEP();
}

/* Runs when a thread ends, and sets its key again three times, so that it runs again later. */
NOINLINE static void destructor(void *argument)
{
    leaf();
    if ((long)argument < 4)
        pthread_setspecific(key, (char *)argument + 1);
    KEEP();
}

static void *in_wave(void *argument)
{
    leaf();
    return argument;
}

static void *at_once(void *argument)
{
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 1000; i++)
        leaf();
    return argument;
}

static void *detached(void *argument)
{
    pthread_detach(pthread_self());
    leaf();
    detached_done++;
    return argument;
}

static void *with_destructor(void *argument)
{
    pthread_setspecific(key, (void *)1);
    leaf();
    return argument;
}

static void *named(void *argument)
{
    leaf();
    pthread_setname_np(pthread_self(), "a name");
    return argument;
}

static void *runs(void *argument)
{
    leaf();
    pthread_setname_np(pthread_self(), "still running");
    running++;
    for (;;)
        pause();
    return argument;
}

UNCOUNTED static void start(int number, void *function(void *), int join)
{
    pthread_t threads[128];

    for (int i = 0; i < number; i++)
        pthread_create(&threads[i], NULL, function, NULL);
    for (int i = 0; i < number && join; i++)
        pthread_join(threads[i], NULL);
}

UNCOUNTED static void expect(const char *caller, const char *callee, int calls)
{
    printf("edge %s %s %d\n", caller, callee, calls);
}

int main(void)
{
    pthread_key_create(&key, destructor);
    pthread_barrier_init(&barrier, NULL, AT_ONCE);
    for (int i = 0; i < WAVES; i++)
        start(WAVE, in_wave, 1);
    start(AT_ONCE, at_once, 1);
    start(DETACHED, detached, 0);
    start(10, with_destructor, 1);
    start(5, named, 1);
    start(RUNNING, runs, 0);
    while (detached_done < DETACHED || running < RUNNING)
        usleep(100);

    expect("-", "main", 1);
    expect("-", "in_wave", WAVES * WAVE);
    expect("in_wave", "leaf", WAVES * WAVE);
    expect("-", "at_once", AT_ONCE);
    expect("at_once", "leaf", AT_ONCE * 1000);
    expect("-", "detached", DETACHED);
    expect("detached", "leaf", DETACHED);
    expect("-", "with_destructor", 10);
    expect("with_destructor", "leaf", 10);
    expect("-", "destructor", 40);
    expect("destructor", "leaf", 40);
    expect("-", "named", 5);
    expect("named", "leaf", 5);
    expect("-", "runs", RUNNING);
    expect("runs", "leaf", RUNNING);
    return 0;
}
