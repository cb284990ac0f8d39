/*
 * fib.c - a benchmark of many short calls. fibonacci(35) makes 29,860,703 calls of a function that does
 * almost nothing. So the cost of a call under a profiler is the difference in run time divided by that
 * number.
 */
#include <stdio.h>

static long fibonacci(int n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main(void)
{
    printf("%ld\n", fibonacci(35));
    return 0;
}
