/*
 * whole_library.c - the library that whole.c opens and closes.
 */
#include "apart.h"

enum { STEP = 150, STEPS = 2000 }; /* as in whole.c */

void library_work(void);

static volatile uint64_t result;

APART static uint64_t library_step(uint64_t x)
{
    return multiply(x, STEP);
}

void library_work(void)
{
    for (unsigned i = 0; i < STEPS; i++)
        result = library_step(i);
}
