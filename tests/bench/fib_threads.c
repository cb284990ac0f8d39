/*
 * fib(35) in as many threads at once as the argument says: what the threads of a program cost each other.
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
