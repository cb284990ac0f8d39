/*
 * kernels.c - the kernels and their parents. See kernels.h.
 *
 * Inlined helpers have no hooks. The empty asm statements keep the compiler from merging steps of the work.
 */
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "apart.h"
#include "kernels.h"

#define WITHIN static inline __attribute__((always_inline, no_instrument_function))

WITHIN uint64_t opaque(uint64_t value)
{
    __asm__("" : "+r"(value));
    return value;
}

APART uint64_t kernel_empty(struct work *work, uint64_t x)
{
    (void)work;
    return x;
}

#define MULTIPLY(times)                                                                                      \
    APART uint64_t kernel_multiply_##times(struct work *work, uint64_t x)                                    \
    {                                                                                                        \
        (void)work;                                                                                          \
        return multiply(x, times);                                                                           \
    }
MULTIPLY(1)
MULTIPLY(4)
MULTIPLY(10)
MULTIPLY(40)
MULTIPLY(100)
MULTIPLY(400)
MULTIPLY(1000)
MULTIPLY(10000)
MULTIPLY(100000)
MULTIPLY(1000000)
MULTIPLY(10000000)

WITHIN uint64_t chase(struct work *work, struct node **place, uint64_t x, unsigned hops)
{
    struct node *node = (struct node *)((uintptr_t)*place + (x & work->zero));

#pragma GCC unroll 16
    for (unsigned i = 0; i < hops; i++)
        node = node->next;
    *place = node;
    return x + ((uintptr_t)node & work->zero);
}

APART uint64_t kernel_chase_l1(struct work *work, uint64_t x)
{
    return chase(work, &work->near, x, 8);
}

APART uint64_t kernel_chase_l2(struct work *work, uint64_t x)
{
    return chase(work, &work->middle, x, 8);
}

APART uint64_t kernel_chase_memory(struct work *work, uint64_t x)
{
    return chase(work, &work->far, x, 1);
}

/* Adds to eight sums, none of which waits for another. */
WITHIN uint64_t add(uint64_t x, unsigned times)
{
    uint64_t a = x, b = x + 1, c = x + 2, d = x + 3, e = x + 4, f = x + 5, g = x + 6, h = x + 7;

#pragma GCC unroll 8
    for (unsigned i = 0; i < times; i += 8) {
        a += 3, b += 5, c += 7, d += 9, e += 11, f += 13, g += 15, h += 17;
        __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h));
    }
    return ((a ^ b) + (c ^ d)) ^ ((e ^ f) + (g ^ h));
}

APART uint64_t kernel_adds_16(struct work *work, uint64_t x)
{
    (void)work;
    return add(x, 16);
}

APART uint64_t kernel_adds_64(struct work *work, uint64_t x)
{
    (void)work;
    return add(x, 64);
}

APART uint64_t kernel_adds_1024(struct work *work, uint64_t x)
{
    (void)work;
    return add(x, 1024);
}

WITHIN uint64_t random_next(uint64_t random)
{
    return random * 6364136223846793005 + 1442695040888963407;
}

/* Branches TIMES times in random directions, which the processor cannot predict. */
WITHIN uint64_t branch(struct work *work, uint64_t x, unsigned times)
{
    uint64_t random = work->random + (x & work->zero), sum = x;

    for (unsigned i = 0; i < times; i++) {
        random = random_next(random);
        if (random >> 63) {
            sum += 3;
            __asm__ volatile("" : "+r"(sum));
        } else {
            sum ^= 5;
            __asm__ volatile("" : "+r"(sum));
        }
    }
    work->random = random;
    return sum + (random & work->zero);
}

APART uint64_t kernel_branches_8(struct work *work, uint64_t x)
{
    return branch(work, x, 8);
}

APART uint64_t kernel_branches_100(struct work *work, uint64_t x)
{
    return branch(work, x, 100);
}

WITHIN uint64_t copy(struct work *work, uint64_t x, size_t bytes)
{
    unsigned char *to = work->to + (x & work->zero);

    /* The size is hidden from the compiler, so that it calls the C library's memcpy(). */
    memcpy(to, work->from, opaque(bytes));
    return x + (to[bytes - 1] & work->zero);
}

APART uint64_t kernel_copy_64(struct work *work, uint64_t x)
{
    return copy(work, x, 64);
}

APART uint64_t kernel_copy_4k(struct work *work, uint64_t x)
{
    return copy(work, x, 4096);
}

APART uint64_t kernel_copy_1m(struct work *work, uint64_t x)
{
    return copy(work, x, COPY_BYTES);
}

APART uint64_t kernel_getppid(struct work *work, uint64_t x)
{
    return x + ((uint64_t)syscall(SYS_getppid) & work->zero);
}

WITHIN uint64_t sleep_for(struct work *work, uint64_t x, long ns)
{
    struct timespec time = {.tv_nsec = ns + (long)(x & work->zero)};

    nanosleep(&time, NULL);
    return x;
}

APART uint64_t kernel_sleep_50us(struct work *work, uint64_t x)
{
    return sleep_for(work, x, 50000);
}

APART uint64_t kernel_sleep_1ms(struct work *work, uint64_t x)
{
    return sleep_for(work, x, 1000000);
}

APART uint64_t kernel_sleep_10ms(struct work *work, uint64_t x)
{
    return sleep_for(work, x, 10000000);
}

/* --- kernels that are hard to sample -------------------------------------------------------------------- */

enum { REFILL = 20000, SLOW_MODE = 60000, SLOW_IN_PERIOD = 2000 };

APART uint64_t kernel_refill(struct work *work, uint64_t x)
{
    x = multiply(x, REFILL);
    work->left = BUFFER_BYTES;
    return x;
}

WITHIN uint64_t take_byte(struct work *work, uint64_t x)
{
    return x + (work->from[--work->left + (x & work->zero)] & work->zero);
}

APART uint64_t kernel_next_byte(struct work *work, uint64_t x)
{
    if (work->left == 0) {
        x = multiply(x, REFILL);
        work->left = BUFFER_BYTES;
    }
    return take_byte(work, x);
}

APART uint64_t kernel_next_byte_calling(struct work *work, uint64_t x)
{
    if (work->left == 0)
        x = kernel_refill(work, x);
    return take_byte(work, x);
}

/* One of 1,000 calls takes 50 us. The calls are chosen by a pseudo-random generator with a fixed seed. */
APART uint64_t kernel_two_modes(struct work *work, uint64_t x)
{
    work->random = random_next(work->random + (x & work->zero));
    if ((work->random >> 33) % 1000 == 0)
        return multiply(x, SLOW_MODE);
    return multiply(x, 4);
}

/* Multiplies once in the first calls, and up to 200 times in the last. */
APART uint64_t kernel_slowing(struct work *work, uint64_t x)
{
    return multiply(x, 1 + work->calls++ / work->slower_every);
}

APART uint64_t kernel_period_32(struct work *work, uint64_t x)
{
    return work->calls++ % 32 == 0 ? multiply(x, SLOW_IN_PERIOD) : multiply(x, 5);
}

APART uint64_t kernel_period_64(struct work *work, uint64_t x)
{
    return work->calls++ % 64 == 0 ? multiply(x, SLOW_IN_PERIOD) : multiply(x, 5);
}

/* --- kernels that call kernels, five deep ------------------------------------------------------------- */

#define NESTED(name, child)                                                                                  \
    APART uint64_t kernel_##name(struct work *work, uint64_t x)                                              \
    {                                                                                                        \
        x = kernel_##child(work, multiply(x, 5));                                                            \
        x = kernel_##child(work, multiply(x, 5));                                                            \
        return multiply(x, 5);                                                                               \
    }
NESTED(nested_1, nested_2)
NESTED(nested_2, nested_3)
NESTED(nested_3, nested_4)
NESTED(nested_4, nested_5)

/* Does the work that the others do without their children. */
APART uint64_t kernel_nested_5(struct work *work, uint64_t x)
{
    (void)work;
    return multiply(x, 15);
}

#define PARENT(name, calls, of_parent, child, child_calls, own)                                              \
    APART uint64_t parent_##name(struct work *work, uint64_t x, unsigned calls_to_make)                      \
    {                                                                                                        \
        for (unsigned i = 0; i < calls_to_make; i++)                                                         \
            x = kernel_##name(work, multiply(x, PARENT_MULTIPLIES));                                         \
        return x;                                                                                            \
    }
KERNELS(PARENT, PARENT)

APART uint64_t parent_alone(struct work *work, uint64_t x, unsigned calls_to_make)
{
    (void)work;
    for (unsigned i = 0; i < calls_to_make; i++)
        x = multiply(x, PARENT_MULTIPLIES);
    return x;
}
