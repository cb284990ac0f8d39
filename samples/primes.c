/*
 * Counts the primes below 1,000,000 by trial division, to show where a program spends its time.
 *
 *     build/profile cc -Og samples/primes.c -o primes
 *     build/profile ./primes
 *
 * Look for is_prime, which is called 19,998 times and has nearly all of the self time (tottime). count_primes
 * and main have nearly no self time, but all of the cumulative time, because their callees spend it. With -O2
 * the compiler inlines both functions, so all is part of main.
 */
#include <stdbool.h>
#include <stdio.h>

enum { LIMIT = 1000000 };

static bool is_prime(int n)
{
    if (n % 2 == 0)
        return n == 2;
    for (int divisor = 3; divisor * divisor <= n; divisor += 2)
        if (n % divisor == 0)
            return false;
    return true;
}

static int count_primes(int limit)
{
    int count = 0;
    for (int n = 2; n < limit; n++)
        count += is_prime(n);
    return count;
}

int main(void)
{
    printf("%d\n", count_primes(LIMIT));
    return 0;
}
