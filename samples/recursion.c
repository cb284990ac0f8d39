/*
 * Shows how recursion is counted: one function calls itself, and two functions call each other.
 *
 *     build/profile cc -Og samples/recursion.c -o recursion
 *     build/profile ./recursion
 *
 * Look for the ncalls of fibonacci, `21891/1`: of its 21,891 calls, 1 is by another function (a primitive
 * call). Its cumulative time is that of the outermost call, not a sum of levels, so it never exceeds main's.
 * is_even and is_odd share one chain of 1,001 calls: is_even has `501/1`, and is_odd `500/1`.
 */
#include <stdbool.h>
#include <stdio.h>

static long fibonacci(int n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static bool is_odd(unsigned n);

static bool is_even(unsigned n)
{
    return n == 0 || is_odd(n - 1);
}

static bool is_odd(unsigned n)
{
    return n != 0 && is_even(n - 1);
}

int main(void)
{
    printf("fibonacci(20) = %ld\n", fibonacci(20));
    printf("1000 is %s\n", is_even(1000) ? "even" : "odd");
    return 0;
}
