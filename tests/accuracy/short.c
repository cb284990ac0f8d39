/*
 * short.c - a program of about SCALE milliseconds: short SCALE
 *
 * Two cold functions are called once, and two hot ones thousands of times, by a function without hooks. It
 * prints `NAME NANOSECONDS` for each, measured around all of its calls. In the build without hooks that is
 * the truth.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "apart.h"

enum { COLD = 430000, SHORT = 45, MEDIUM = 290 }; /* multiplications: 300 us, 30 ns, 200 ns */
enum { SHORT_CALLS = 6000, MEDIUM_CALLS = 1000 }; /* a millisecond */

static unsigned scale = 1;
static volatile uint64_t result;

WITHOUT_HOOKS static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

APART static uint64_t cold_first(uint64_t x)
{
    return multiply(x, COLD * (uint64_t)scale);
}

APART static uint64_t cold_last(uint64_t x)
{
    return multiply(x, COLD * (uint64_t)scale);
}

APART static uint64_t hot_short(uint64_t x)
{
    return multiply(x, SHORT);
}

APART static uint64_t hot_medium(uint64_t x)
{
    return multiply(x, MEDIUM);
}

WITHOUT_HOOKS static void run(const char *name, uint64_t (*function)(uint64_t), unsigned calls)
{
    uint64_t start = now(), x = 1;

    for (unsigned i = 0; i < calls; i++)
        x = function(x);
    result = x;
    printf("%s %" PRIu64 "\n", name, now() - start);
}

WITHOUT_HOOKS int main(int argc, char **argv)
{
    scale = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    run("cold_first", cold_first, 1);
    run("hot_short", hot_short, SHORT_CALLS * scale);
    run("hot_medium", hot_medium, MEDIUM_CALLS * scale);
    run("cold_last", cold_last, 1);
    return 0;
}
