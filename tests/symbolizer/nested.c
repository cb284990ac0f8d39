/* nested.c - a function of GNU C in a function, and a region of OpenMP. */
static volatile int sink;

static __attribute__((noinline)) int outer(int a) /* @outer */
{
    __attribute__((noinline)) int inner(int b) /* @inner */
    {
        return a + b + sink;
    }
    return inner(1) + inner(a);
}

static __attribute__((noinline)) void region(int count)
{
#pragma omp parallel for /* @region */
    for (int i = 0; i < count; i++)
        sink = i;
}

int main(int count, char **arguments)
{
    (void)arguments;
    region(count);
    return outer(count) == 12345;
}
