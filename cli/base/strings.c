/*
 * strings.c - a list of strings. See strings.h.
 */
#include "cli/base/strings.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"

int strings_add(struct strings *strings, const char *text, size_t length)
{
    char *copy = strndup(text, length);
    char **added = copy != NULL ? ARRAY_APPEND(strings->items, strings->count) : NULL;

    if (added == NULL) {
        free(copy);
        return -1;
    }
    *added = copy;
    return 0;
}

void strings_free(struct strings *strings)
{
    for (size_t i = 0; i < strings->count; i++)
        free(strings->items[i]);
    free(strings->items);
    *strings = (struct strings){0};
}
