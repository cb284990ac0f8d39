/*
 * A program and a shared library, both compiled with the flag.
 *
 *     cc -O2 -g -finstrument-functions -fPIC -shared samples/library.c -o libwords.so
 *     cc -O2 -g -finstrument-functions samples/library_main.c -o library -L. -lwords -Wl,-rpath,'$ORIGIN'
 *     build/profile ./library
 *
 * Look for the functions of both files in one table. Each file has a function is_space with a row of its own.
 * Calls cross the boundary both ways: library_each calls back to visit in the program.
 */
#include "library.h"

#include <ctype.h>
#include <stdio.h>

static int letters;

static int is_space(char character)
{
    return isspace((unsigned char)character);
}

static void visit(char character)
{
    letters += !is_space(character);
}

int main(void)
{
    const char *text = "the quick brown fox jumps over the lazy dog";
    library_each(text, visit);
    printf("%d words, %d letters\n", library_count_words(text), letters);
    return 0;
}
