/* one.c - the program's main unit. */
#include "shared.h"

int in_two(int a);

__attribute__((noinline)) int in_one(int a) /* @in_one */
{
    return in_header(a) + 1;
}

int main(int count, char **arguments) /* @main */
{
    (void)arguments;
    return in_one(count) + in_two(count) == 12345;
}
