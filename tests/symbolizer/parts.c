/* parts.c - a function that the compiler splits, and one that it clones. */
#include <stdio.h>
#include <stdlib.h>

static volatile int sink;

__attribute__((noinline)) int with_cold_part(int a);
__attribute__((cold, noinline)) void complain(int a);

__attribute__((cold, noinline)) void complain(int a) /* @complain */
{
    printf("%d\n", a);
}

__attribute__((noinline)) int with_cold_part(int a) /* @with_cold_part */
{
    if (a > 1000) {
        complain(a);
        complain(a + sink);
        abort();
    }
    sink += a;
    return sink;
}

static __attribute__((noinline)) int cloned(int a, int always) /* @cloned */
{
    for (int i = 0; i < always; i++)
        sink += a * i;
    return sink;
}

int main(int count, char **arguments) /* @main */
{
    (void)arguments;
    return with_cold_part(count) + cloned(count, 7) + cloned(count + 1, 7) == 12345;
}
