/*
 * The benchmark's many short calls: fibonacci(35) is 29,860,703 calls of a function that does next to
 * nothing, so that what one call costs under a profiler is the difference in run time over that number.
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
