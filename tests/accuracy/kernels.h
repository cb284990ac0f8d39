/*
 * kernels.h - the kernels and their parents, whose true times `make accuracy` measures.
 *
 * KERNELS is the list of them. Each has a function kernel_NAME, and a function parent_NAME that repeats
 * PARENT_MULTIPLIES multiplications and a call of the kernel. kernels.c is compiled with and without hooks.
 * main.c runs and times the parents, and has no hooks.
 *
 * The result of a kernel depends on its argument and on all of its work. The next work of its parent depends
 * on that result. So the processor cannot overlap a call with the work around it. The times of the parts thus
 * add up to the time of the whole.
 */
#ifndef TESTS_ACCURACY_KERNELS_H
#define TESTS_ACCURACY_KERNELS_H

#include <stdint.h>

enum {
    PARENT_MULTIPLIES = 8,
    BUFFER_BYTES = 4096, /* the calls of next_byte between two refills */
    COPY_BYTES = 1 << 20
};

struct node {
    struct node *next;
    char rest[56]; /* makes the node a cache line of 64 bytes */
};

/* The data of a thread's kernels. The fields from `random` on are set again for each case. */
struct work {
    uint64_t zero; /* is 0, but the compiler does not know that */
    struct node *near, *middle,
        *far;                 /* the next nodes of the chases: in L1, in L2, and outside of the caches */
    unsigned char *from, *to; /* the buffers of the copies */
    uint64_t random;
    uint64_t calls;        /* calls of the kernel so far, for kernels that change from call to call */
    uint64_t slower_every; /* calls after which kernel_slowing becomes slower */
    unsigned left;         /* bytes left in next_byte's buffer */
};

/*
 * K(name, calls, calls by one call of the parent, child, calls of the child by one call, own). `own` is the
 * kernel that does the work of this one without its child. INNER has the same parameters, and is for kernels
 * that only another kernel calls. Their parents and `calls` serve to measure their true times.
 */
#define KERNELS(K, INNER)                                                                                    \
    K(empty, 12000000, 100, "", 0, "")                                                                       \
    K(multiply_1, 12000000, 100, "", 0, "")                                                                  \
    K(multiply_4, 9000000, 100, "", 0, "")                                                                   \
    K(multiply_10, 6000000, 100, "", 0, "")                                                                  \
    K(multiply_40, 2500000, 100, "", 0, "")                                                                  \
    K(multiply_100, 1200000, 100, "", 0, "")                                                                 \
    K(multiply_400, 300000, 100, "", 0, "")                                                                  \
    K(multiply_1000, 120000, 100, "", 0, "")                                                                 \
    K(multiply_10000, 12000, 10, "", 0, "")                                                                  \
    K(multiply_100000, 1200, 10, "", 0, "")                                                                  \
    K(multiply_1000000, 120, 1, "", 0, "")                                                                   \
    K(multiply_10000000, 12, 1, "", 0, "")                                                                   \
    K(chase_l1, 6000000, 100, "", 0, "")                                                                     \
    K(chase_l2, 3000000, 100, "", 0, "")                                                                     \
    K(chase_memory, 1000000, 100, "", 0, "")                                                                 \
    K(adds_16, 12000000, 100, "", 0, "")                                                                     \
    K(adds_64, 8000000, 100, "", 0, "")                                                                      \
    K(adds_1024, 1200000, 100, "", 0, "")                                                                    \
    K(branches_8, 3000000, 100, "", 0, "")                                                                   \
    K(branches_100, 360000, 100, "", 0, "")                                                                  \
    K(copy_64, 9000000, 100, "", 0, "")                                                                      \
    K(copy_4k, 1500000, 100, "", 0, "")                                                                      \
    K(copy_1m, 2000, 10, "", 0, "")                                                                          \
    K(getppid, 700000, 100, "", 0, "")                                                                       \
    K(sleep_50us, 1000, 10, "", 0, "")                                                                       \
    K(sleep_1ms, 110, 10, "", 0, "")                                                                         \
    K(sleep_10ms, 11, 1, "", 0, "")                                                                          \
    K(next_byte, 8192000, 4096, "", 0, "")                                                                   \
    K(next_byte_calling, 8192000, 4096, "refill", 1.0 / BUFFER_BYTES, "")                                    \
    INNER(refill, 6000, 10, "", 0, "")                                                                       \
    K(two_modes, 2000000, 100, "", 0, "")                                                                    \
    K(slowing, 1200000, 100, "", 0, "")                                                                      \
    K(period_32, 1792000, 256, "", 0, "")                                                                    \
    K(period_64, 2560000, 256, "", 0, "")                                                                    \
    K(nested_1, 300000, 20, "nested_2", 2, "nested_5")                                                       \
    INNER(nested_2, 600000, 40, "nested_3", 2, "nested_5")                                                   \
    INNER(nested_3, 1200000, 80, "nested_4", 2, "nested_5")                                                  \
    INNER(nested_4, 2400000, 100, "nested_5", 2, "nested_5")                                                 \
    INNER(nested_5, 6000000, 100, "", 0, "")

#define DECLARE(name, calls, of_parent, child, child_calls, own)                                             \
    uint64_t kernel_##name(struct work *work, uint64_t x);                                                   \
    uint64_t parent_##name(struct work *work, uint64_t x, unsigned calls_to_make);
KERNELS(DECLARE, DECLARE)
#undef DECLARE

/* Does the work of a parent without its calls. */
uint64_t parent_alone(struct work *work, uint64_t x, unsigned calls_to_make);

#endif
