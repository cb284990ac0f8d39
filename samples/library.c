/* The shared library of library_main.c, which tells how to build and run both. */
#include "library.h"

#include <stdbool.h>

static bool is_space(char character)
{
    return character == ' ';
}

int library_count_words(const char *text)
{
    int words = 0;
    bool inside = false;
    for (; *text; text++) {
        bool space = is_space(*text);
        words += !space && !inside;
        inside = !space;
    }
    return words;
}

void library_each(const char *text, void (*visit)(char character))
{
    for (; *text; text++)
        visit(*text);
}
