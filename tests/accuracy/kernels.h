/*
 * kernels.h - the kernels whose cost `make accuracy` knows, and their parents.
 *
 * KERNELS is the list of all. Each has a function kernel_NAME and a parent_NAME that does PARENT_MULTIPLIES
 * multiplications and one call, as often as it is told. kernels.c is the code that is profiled, with hooks or
 * without; main.c, always without, runs and times the parents.
 *
 * What a kernel returns depends on what it is given and on all of its work, and so does the next thing its
 * parent does. So the processor can't overlap a call with the work around it, and the times of the parts add
 * up to the time of the whole.
 */
#ifndef TESTS_ACCURACY_KERNELS_H
#define TESTS_ACCURACY_KERNELS_H

#include <stdint.h>

enum {
    PARENT_MULTIPLIES = 8,
    BUFFER_BYTES = 4096, /* what next_byte hands out between two refills */
    COPY_BYTES = 1 << 20
};

struct node {
    struct node *next;
    char rest[56]; /* one cache line each */
};

/* What one thread's kernels work on. All but `zero`, the nodes and the buffers is set anew for each case. */
struct work {
    uint64_t zero;                    /* which the compiler doesn't know */
    struct node *near, *middle, *far; /* where the chases have got to: within L1, L2, and beyond the caches */
    unsigned char *from, *to;
    uint64_t random;
    uint64_t calls; /* of the case's kernel so far, for those that change over the calls */
    uint64_t slower_every;
    unsigned left; /* in next_byte's buffer */
};

/*
 * K(name, calls, calls of a parent, child, calls of it, own). `own` is the kernel that does what this one
 * does without its child. INNER, the same, is for those that only another kernel calls: their parents, and
 * `calls`, are for finding out what they cost.
 */
#define KERNELS(K, INNER)                                                                                    \
    K(empty, 1000000, 100, "", 0, "")                                                                        \
    K(multiply_1, 1000000, 100, "", 0, "")                                                                   \
    K(multiply_4, 1000000, 100, "", 0, "")                                                                   \
    K(multiply_10, 500000, 100, "", 0, "")                                                                   \
    K(multiply_40, 200000, 100, "", 0, "")                                                                   \
    K(multiply_100, 200000, 100, "", 0, "")                                                                  \
    K(multiply_400, 50000, 100, "", 0, "")                                                                   \
    K(multiply_1000, 20000, 100, "", 0, "")                                                                  \
    K(multiply_10000, 2000, 10, "", 0, "")                                                                   \
    K(multiply_100000, 200, 10, "", 0, "")                                                                   \
    K(multiply_1000000, 30, 1, "", 0, "")                                                                    \
    K(multiply_10000000, 4, 1, "", 0, "")                                                                    \
    K(chase_l1, 500000, 100, "", 0, "")                                                                      \
    K(chase_l2, 300000, 100, "", 0, "")                                                                      \
    K(chase_memory, 100000, 100, "", 0, "")                                                                  \
    K(adds_16, 1000000, 100, "", 0, "")                                                                      \
    K(adds_64, 500000, 100, "", 0, "")                                                                       \
    K(adds_1024, 100000, 100, "", 0, "")                                                                     \
    K(branches_8, 300000, 100, "", 0, "")                                                                    \
    K(branches_100, 30000, 100, "", 0, "")                                                                   \
    K(copy_64, 500000, 100, "", 0, "")                                                                       \
    K(copy_4k, 100000, 100, "", 0, "")                                                                       \
    K(copy_1m, 300, 10, "", 0, "")                                                                           \
    K(getppid, 100000, 100, "", 0, "")                                                                       \
    K(sleep_50us, 200, 10, "", 0, "")                                                                        \
    K(sleep_1ms, 20, 10, "", 0, "")                                                                          \
    K(sleep_10ms, 3, 1, "", 0, "")                                                                           \
    K(next_byte, 4096000, 4096, "", 0, "")                                                                   \
    K(next_byte_calling, 4096000, 4096, "refill", 1.0 / BUFFER_BYTES, "")                                    \
    INNER(refill, 1000, 10, "", 0, "")                                                                       \
    K(two_modes, 1000000, 100, "", 0, "")                                                                    \
    K(slowing, 200000, 100, "", 0, "")                                                                       \
    K(period_32, 512000, 256, "", 0, "")                                                                     \
    K(period_64, 512000, 256, "", 0, "")                                                                     \
    K(nested_1, 20000, 20, "nested_2", 2, "nested_5")                                                        \
    INNER(nested_2, 80000, 40, "nested_3", 2, "nested_5")                                                    \
    INNER(nested_3, 200000, 80, "nested_4", 2, "nested_5")                                                   \
    INNER(nested_4, 400000, 100, "nested_5", 2, "nested_5")                                                  \
    INNER(nested_5, 1000000, 100, "", 0, "")

#define DECLARE(name, calls, of_parent, child, child_calls, own)                                             \
    uint64_t kernel_##name(struct work *work, uint64_t x);                                                   \
    uint64_t parent_##name(struct work *work, uint64_t x, unsigned calls_to_make);
KERNELS(DECLARE, DECLARE)
#undef DECLARE

/* What all parents do beside calling. */
uint64_t parent_alone(struct work *work, uint64_t x, unsigned calls_to_make);

#endif
