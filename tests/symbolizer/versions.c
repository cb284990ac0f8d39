/* versions.c - a function with several versions, whose address is a PLT entry. Prints that address, less the
 * program's load address. */
#include <stdint.h>
#include <stdio.h>

extern char __executable_start[];

__attribute__((target_clones("avx2", "default"), noinline)) int with_versions(int a) /* @with_versions */
{
    static volatile int sink;

    sink += a;
    return sink;
}

int main(int count, char **arguments) /* @main */
{
    (void)arguments;
    with_versions(count);
#ifdef __PIE__
    printf("%lx\n", (unsigned long)((uintptr_t)with_versions - (uintptr_t)__executable_start));
#else
    printf("%lx\n", (unsigned long)(uintptr_t)with_versions);
#endif
    return 0;
}
