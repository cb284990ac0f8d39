/*
 * contexts.c - a benchmark of very many contexts, which the caches do not hold: 131,070 paths, with the same
 * number of calls of each. So programs of templates are, that are compiled without inlining.
 */
#include <stdio.h>
#include <stdlib.h>

static volatile int sink;

#define LEAF(n)                                                                                              \
    __attribute__((noinline)) static void a##n(void)                                                         \
    {                                                                                                        \
        sink++;                                                                                              \
    }                                                                                                        \
    __attribute__((noinline)) static void b##n(void)                                                         \
    {                                                                                                        \
        sink--;                                                                                              \
    }

#define LEVEL(n, next)                                                                                       \
    __attribute__((noinline)) static void a##n(void)                                                         \
    {                                                                                                        \
        a##next();                                                                                           \
        b##next();                                                                                           \
        sink++;                                                                                              \
    }                                                                                                        \
    __attribute__((noinline)) static void b##n(void)                                                         \
    {                                                                                                        \
        b##next();                                                                                           \
        a##next();                                                                                           \
        sink--;                                                                                              \
    }

LEAF(16)
LEVEL(15, 16)
LEVEL(14, 15)
LEVEL(13, 14)
LEVEL(12, 13)
LEVEL(11, 12)
LEVEL(10, 11)
LEVEL(9, 10)
LEVEL(8, 9)
LEVEL(7, 8)
LEVEL(6, 7)
LEVEL(5, 6)
LEVEL(4, 5)
LEVEL(3, 4)
LEVEL(2, 3)
LEVEL(1, 2)

/* Makes as many calls of each path as the argument says, or 1,000. */
int main(int argc, char **argv)
{
    int calls = argc > 1 ? atoi(argv[1]) : 1000;

    for (int i = 0; i < calls; i++) {
        a1();
        b1();
    }
    printf("%d\n", sink);
    return 0;
}
