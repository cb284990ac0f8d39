/* library.c - a shared library that exports two functions, one of them by two names, and hides one. */
static __attribute__((noinline, used)) int library_private(int a) /* @library_private */
{
    static volatile int sink;

    sink += a;
    return sink;
}

int library_public(int a);
int library_public(int a) /* @library_public */
{
    return library_private(a) + 1;
}

int long_name_of_the_alias(int a);
int long_name_of_the_alias(int a) /* @long_name_of_the_alias */
{
    return library_private(a) + 2;
}

int alias(int a) __attribute__((alias("long_name_of_the_alias")));
