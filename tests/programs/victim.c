/*
 * victim.c - calls functions in eight threads until it is killed: `victim FILE`. Maps FILE shared and writes
 * the pid there. For each thread it counts there how many calls of each function have ended. So FILE tells
 * the state at the program's death.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

enum { THREADS = 8 };

struct counters {
    volatile uint64_t leaf, branch;
    uint64_t pad[6];
};

static struct {
    volatile uint64_t pid;
    uint64_t pad[7];
    struct counters threads[THREADS];
} * shared;

NOINLINE static void leaf(struct counters *counters)
{
    counters->leaf++;
}

NOINLINE static void branch(struct counters *counters, int depth)
{
    leaf(counters);
    if (depth > 0)
        branch(counters, depth - 1);
    counters->branch++;
}

static void *work(void *counters)
{
    for (;;)
        branch(counters, 5);
    return counters;
}

int main(int argc, char **argv)
{
    int descriptor = open(argv[argc - 1], O_RDWR);
    pthread_t thread;

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (shared == MAP_FAILED)
        return 1;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread, NULL, work, &shared->threads[i]);
    shared->pid = (uint64_t)getpid();
    for (;;)
        pause();
}
