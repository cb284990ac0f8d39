/*
 * ask.c - runs a compiler to learn something about it. See ask.h.
 *
 * A shell runs the compiler, because CC may have arguments, as in Makefiles: "ccache gcc".
 */
#include "cli/build/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ask(struct strings *lines, const char *format, const char *command)
{
    char *line = NULL, *whole;
    size_t capacity = 0;
    FILE *pipe = NULL;

    if (asprintf(&whole, format, command) >= 0) {
        pipe = popen(whole, "re");
        free(whole);
    }
    while (pipe != NULL && getline(&line, &capacity, pipe) >= 0) {
        if (strings_add(lines, line, strcspn(line, "\n")) != 0)
            break;
    }
    free(line);
    return pipe != NULL && pclose(pipe) == 0 ? 0 : -1;
}
