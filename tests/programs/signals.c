/*
 * signals.c - runs signal handlers at a high rate in threads that call functions all the time. Handlers run
 * on the interrupted stack and on an alternate one, and interrupt each other. Each function counts its calls,
 * and the program prints them: "calls FUNCTION N".
 *
 *     signals MILLISECONDS
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define UNCOUNTED __attribute__((no_instrument_function))
#define NOINLINE  __attribute__((noinline))

enum {
    THREADS = 3,
    PERIOD = 50000 /* nanoseconds between signals: 20,000 a second of each kind in each thread */
};

static atomic_long leaves, branches, inner_handlers, outer_handlers;
static struct timespec end;

NOINLINE static void leaf(void)
{
    leaves++;
}

NOINLINE static void branch(int depth)
{
    branches++;
    leaf();
    if (depth > 0)
        branch(depth - 1);
    leaf();
}

NOINLINE static void inner_handler(int number)
{
    (void)number;
    inner_handlers++;
    branch(1);
}

NOINLINE static void outer_handler(int number)
{
    (void)number;
    outer_handlers++;
    branch(2);
}

UNCOUNTED static int is_over(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec > end.tv_nsec);
}

UNCOUNTED static timer_t start_timer(int number)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = number};
    struct itimerspec when = {{0, PERIOD}, {0, PERIOD}};
    timer_t timer;

    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &when, NULL) != 0)
        exit(77);
    return timer;
}

NOINLINE static void *work(void *argument)
{
    stack_t stack = {.ss_sp = malloc(64 * 1024), .ss_size = 64 * 1024};
    timer_t outer, inner;

    sigaltstack(&stack, NULL);
    outer = start_timer(SIGRTMIN);
    inner = start_timer(SIGRTMIN + 1);
    while (!is_over())
        branch(3);
    timer_delete(outer);
    timer_delete(inner);
    return argument;
}

int main(int argc, char **argv)
{
    long milliseconds = argc > 1 ? atol(argv[1]) : 1000;
    struct sigaction action = {.sa_flags = SA_ONSTACK | SA_RESTART};
    pthread_t threads[THREADS];

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += milliseconds / 1000;
    end.tv_nsec += milliseconds % 1000 * 1000000;
    if (end.tv_nsec >= 1000000000)
        end.tv_sec++, end.tv_nsec -= 1000000000;
    action.sa_handler = outer_handler;
    sigaction(SIGRTMIN, &action, NULL);
    action.sa_flags = SA_RESTART;
    action.sa_handler = inner_handler;
    sigaction(SIGRTMIN + 1, &action, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("calls main 1\ncalls work %d\ncalls leaf %ld\ncalls branch %ld\n", THREADS, leaves, branches);
    printf("calls inner_handler %ld\ncalls outer_handler %ld\n", inner_handlers, outer_handlers);
    return 0;
}
