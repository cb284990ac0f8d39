/* two.c - the program's second unit. */
#include "shared.h"

int in_two(int a);

__attribute__((noinline)) int in_two(int a) /* @in_two */
{
    return in_header(a) + 2;
}
