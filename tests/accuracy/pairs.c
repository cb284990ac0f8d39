/*
 * pairs.c - what a call of a hook that does nothing costs: pairs ROUNDS
 *
 * Calls 64 functions in turns, as often as ROUNDS says, and prints the number of calls. Each function does a
 * few steps that wait for each other. It is built with hooks and without. Nothing is inlined in either build,
 * so they differ by the hooks alone: by the instructions that call them, and by the registers that these
 * save.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "apart.h"

enum { FUNCTIONS = 64, STEPS = 2 };

#define FUNCTION(name)                                                                                       \
    APART static uint64_t step_##name(uint64_t x)                                                            \
    {                                                                                                        \
        return multiply(x, STEPS);                                                                           \
    }
#define CALL(name) x = step_##name(x);

#define EIGHT(DO, tens)                                                                                      \
    DO(tens##0) DO(tens##1) DO(tens##2) DO(tens##3) DO(tens##4) DO(tens##5) DO(tens##6) DO(tens##7)
#define ALL(DO)                                                                                              \
    EIGHT(DO, 0) EIGHT(DO, 1) EIGHT(DO, 2) EIGHT(DO, 3) EIGHT(DO, 4) EIGHT(DO, 5) EIGHT(DO, 6) EIGHT(DO, 7)

ALL(FUNCTION)

WITHOUT_HOOKS int main(int argc, char **argv)
{
    uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 1, x = 1;

    for (uint64_t i = 0; i < rounds; i++) {
        ALL(CALL)
    }
    printf("%llu\n", (unsigned long long)(rounds * FUNCTIONS));
    return 0;
}
