/*
 * main.c - runs the kernels: kernels run|truth THREADS SCALE [NAME]
 *
 * Prints a line for each case: `NAME CALLS OF_PARENT CHILD CHILD_CALLS OWN`. A line for each thread
 * follows, with two times in nanoseconds: of all calls with their parents, and of the parents
 * alone.
 *
 * run: runs each case once, and no parents alone. truth: runs each case with its parents alone too, and
 * kernels that otherwise only kernels call; for the build without hooks. SCALE multiplies the number of
 * calls. Several threads run one case at the same time. NAME: runs only the cases with NAME in their names.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels.h"

enum { MAX_THREADS = 64, MAX_CASES = 100, CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };
enum { LEAST_ALONE = 50000 /* calls that parents alone leave out, at least */ };
enum { NEAR_BYTES = 16 << 10, MIDDLE_BYTES = 256 << 10, FAR_BYTES = 64 << 20 };

struct kernel {
    const char *name;
    uint64_t (*parent)(struct work *work, uint64_t x, unsigned calls);
    double calls;
    unsigned of_parent;
    const char *child;
    double child_calls;
    const char *own;
    bool is_inner;
};

#define ENTRY(name, calls, of_parent, child, child_calls, own)                                               \
    {#name, parent_##name, calls, of_parent, child, child_calls, own, false},
#define INNER_ENTRY(name, calls, of_parent, child, child_calls, own)                                         \
    {#name, parent_##name, calls, of_parent, child, child_calls, own, true},
static const struct kernel kernels[] = {KERNELS(ENTRY, INNER_ENTRY)};

/* A case to run: `parents` calls of the kernel's parent. */
struct item {
    const struct kernel *kernel;
    unsigned parents;
};

/* In nanoseconds: of the parents with their calls, and of the parents alone. */
struct times {
    uint64_t with, alone;
};

static struct item items[MAX_CASES];
static struct times all_times[MAX_THREADS][MAX_CASES];
static unsigned item_count;
static bool truth;
static pthread_barrier_t barrier;
static volatile uint64_t zero;
static volatile uint64_t result; /* volatile, so that the compiler computes it although nothing reads it */

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void *allocate(size_t bytes)
{
    void *memory = aligned_alloc(HUGE_PAGE, (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);

    if (memory == NULL)
        abort();
    memset(memory, 1, bytes);
    return memory;
}

/* Makes a cycle through all nodes in random order, by Sattolo's algorithm. */
static struct node *make_cycle(size_t bytes)
{
    size_t count = bytes / sizeof(struct node);
    struct node *nodes = allocate(bytes);
    uint64_t random = 1;

    for (size_t i = 0; i < count; i++)
        nodes[i].next = &nodes[i];
    for (size_t i = count - 1; i > 0; i--) {
        random = random * 6364136223846793005 + 1442695040888963407;
        size_t other = (random >> 33) % i;
        struct node *next = nodes[i].next;
        nodes[i].next = nodes[other].next;
        nodes[other].next = next;
    }
    return nodes;
}

static uint64_t time_parents(unsigned parents, unsigned calls, struct work *work,
                             uint64_t (*parent)(struct work *, uint64_t, unsigned))
{
    uint64_t start = now(), x = 1;

    for (unsigned i = 0; i < parents; i++)
        x = parent(work, x, calls);
    result = x;
    return now() - start;
}

/* Returns the nanoseconds that the parents of ITEM take alone. Measures more parents if these are few: they
 * could take less than a clock read. */
static uint64_t time_alone(const struct item *item, struct work *work)
{
    unsigned calls = item->kernel->of_parent, enough = LEAST_ALONE / calls;
    unsigned parents = item->parents > enough ? item->parents : enough;

    return time_parents(parents, calls, work, parent_alone) * item->parents / parents;
}

static void run_item(const struct item *item, struct work *work, struct times *times)
{
    unsigned every = item->parents * item->kernel->of_parent / 200;

    work->random = 42;
    work->calls = 0;
    work->left = 0;
    work->slower_every = every > 0 ? every : 1;
    if (truth)
        times->alone = time_alone(item, work);
    times->with = time_parents(item->parents, item->kernel->of_parent, work, item->kernel->parent);
}

static void *run_thread(void *argument)
{
    struct times *times = argument;
    struct work work = {.zero = zero,
                        .near = make_cycle(NEAR_BYTES),
                        .middle = make_cycle(MIDDLE_BYTES),
                        .far = make_cycle(FAR_BYTES),
                        .from = allocate(COPY_BYTES),
                        .to = (unsigned char *)allocate(COPY_BYTES + CACHE_LINE) + CACHE_LINE};

    /* Wait 50 ms, until the processor runs at full speed. */
    for (uint64_t start = now(); now() - start < 50000000;)
        continue;
    for (unsigned i = 0; i < item_count; i++) {
        pthread_barrier_wait(&barrier);
        run_item(&items[i], &work, &times[i]);
    }
    return NULL;
}

static void choose(const char *name, double scale)
{
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        const struct kernel *kernel = &kernels[i];
        unsigned parents = (unsigned)(kernel->calls * scale / kernel->of_parent + 0.5);

        if (kernel->is_inner ? truth : strstr(kernel->name, name) != NULL)
            items[item_count++] = (struct item){kernel, parents > 0 ? parents : 1};
    }
}

static const char *or_dash(const char *name)
{
    return name[0] != '\0' ? name : "-";
}

static void print(unsigned threads)
{
    for (unsigned i = 0; i < item_count; i++) {
        const struct kernel *kernel = items[i].kernel;
        printf("%s %u %u %s %.10f %s\n", kernel->name, items[i].parents * kernel->of_parent,
               kernel->of_parent, or_dash(kernel->child), kernel->child_calls, or_dash(kernel->own));
        for (unsigned thread = 0; thread < threads; thread++)
            printf(" %" PRIu64 " %" PRIu64 "\n", all_times[thread][i].with, all_times[thread][i].alone);
    }
}

int main(int argc, char **argv)
{
    pthread_t threads[MAX_THREADS];
    unsigned count = argc >= 4 ? (unsigned)atoi(argv[2]) : 0;

    if (count < 1 || count > MAX_THREADS) {
        fprintf(stderr, "usage: %s run|truth THREADS SCALE [NAME]\n", argv[0]);
        return 2;
    }
    truth = strcmp(argv[1], "truth") == 0;
    choose(argc > 4 ? argv[4] : "", atof(argv[3]));
    pthread_barrier_init(&barrier, NULL, count);
    for (unsigned i = 1; i < count; i++)
        if (pthread_create(&threads[i], NULL, run_thread, all_times[i]) != 0)
            abort();
    run_thread(all_times[0]);
    for (unsigned i = 1; i < count; i++)
        pthread_join(threads[i], NULL);
    print(count);
    return 0;
}
