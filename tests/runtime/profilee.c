/*
 * profilee.c - makes the calls of CPython's Lib/test/profilee.py, whose profile is in CPython's tests.
 *
 * It is linked with the runtime and the settable clock. A tick of the original is a millisecond here. The
 * comments have the figures of test_cprofile.py: calls, and ticks with and without callees.
 */
#include <stdint.h>

#define UNTIMED __attribute__((no_instrument_function))

uint64_t settable_clock = 42000, settable_price;

static UNTIMED void tick(int ticks)
{
    settable_clock += (uint64_t)ticks * 1000000;
}

/* 28 calls, 1 tick each. */
static void getattr(void)
{
    tick(1);
}

/* 12 calls, no ticks of its own. */
static void hasattr(void)
{
    getattr();
}

/* 8 calls of 10 ticks, 8 of its own. */
static void subhelper(void)
{
    tick(2);
    for (int i = 0; i < 2; i++) {
        getattr();
        tick(3);
    }
}

/* 8 calls of 50 ticks, 39 of its own. */
static void helper2(void)
{
    tick(11);
    hasattr();
    tick(13);
    subhelper();
    tick(15);
}

/* 4 calls of 30 ticks, 29 of its own. */
static void helper1(void)
{
    tick(10);
    hasattr();
    tick(19);
}

/* 20 calls, 1 tick each. */
static int mul(int a, int b)
{
    tick(1);
    return (int)((unsigned)a * (unsigned)b);
}

/* 23 calls, 3 of them by other functions, of 130, 20 and 20 ticks, 150 of its own. */
static int factorial(int n)
{
    if (n > 0) {
        tick(n);
        return mul(n, factorial(n - 1));
    }
    tick(11);
    return 1;
}

/* 2 calls of 70 ticks, none of its own. */
static void helper2_indirect(void)
{
    helper2();
    factorial(3);
}

/* 2 calls of 300 ticks, 20 of its own. */
static void helper(void)
{
    tick(1);
    helper1();
    tick(2);
    helper1();
    tick(6);
    helper2();
    tick(3);
    helper2();
    tick(2);
    helper2();
    tick(5);
    helper2_indirect();
    tick(1);
}

/* 1 call of 1,000 ticks, 270 of its own. */
static void testfunc(void)
{
    tick(99);
    helper();
    helper();
    tick(171);
    factorial(14);
}

UNTIMED int main(void)
{
    testfunc();
    return 0;
}
