/*
 * Runs four threads, each with twice the work of the one before.
 *
 *     cc -O2 -g -finstrument-functions samples/threads.c -o threads -pthread
 *     build/profile ./threads
 *
 * Look for worker, which is called 4 times, and step, 15,000 times. Times are summed over the threads, so the
 * cumulative time of worker can exceed that of main, which only waited.
 */
#include <pthread.h>
#include <stdio.h>

enum { WORKERS = 4, STEPS = 1000, ROUNDS = 500 };

struct task {
    pthread_t thread;
    int steps;
    unsigned result;
};

static unsigned step(unsigned state)
{
    for (int round = 0; round < ROUNDS; round++)
        state = state * 1664525u + 1013904223u;
    return state;
}

static void *worker(void *argument)
{
    struct task *task = argument;
    for (int i = 0; i < task->steps; i++)
        task->result = step(task->result);
    return NULL;
}

int main(void)
{
    struct task tasks[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        tasks[i].steps = STEPS << i;
        tasks[i].result = (unsigned)i;
        if (pthread_create(&tasks[i].thread, NULL, worker, &tasks[i]) != 0) {
            fputs("threads: cannot start a thread\n", stderr);
            return 1;
        }
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(tasks[i].thread, NULL);
        printf("worker %d: %d steps, result %08x\n", i, tasks[i].steps, tasks[i].result);
    }
    return 0;
}
