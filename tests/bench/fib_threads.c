/*
 * fib_threads.c - runs fibonacci(35) in several threads at once, to measure how they slow each other down.
 * The argument is the number of threads.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static long fibonacci(int n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static void *run(void *argument)
{
    *(long *)argument = fibonacci(35);
    return NULL;
}

int main(int argc, char **argv)
{
    enum { MOST = 16 };
    int count = argc > 1 ? atoi(argv[1]) : 1;
    pthread_t threads[MOST];
    long results[MOST];

    for (int i = 0; i < count && i < MOST; i++)
        pthread_create(&threads[i], NULL, run, &results[i]);
    for (int i = 0; i < count && i < MOST; i++) {
        pthread_join(threads[i], NULL);
        printf("%ld\n", results[i]);
    }
    return 0;
}
