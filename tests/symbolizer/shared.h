/* shared.h - a function of which each unit that includes this file gets a copy. */
static __attribute__((noinline, used)) int in_header(int a) /* @in_header */
{
    static volatile int sink;

    sink += a;
    return sink;
}
