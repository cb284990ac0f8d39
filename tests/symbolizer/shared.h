/* shared.h - functions that each unit that includes this gets a copy of. */
static __attribute__((noinline, used)) int in_header(int a) /* @in_header */
{
    static volatile int sink;

    sink += a;
    return sink;
}
