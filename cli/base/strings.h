/*
 * strings.h - a list of strings that it owns.
 */
#ifndef CLI_BASE_STRINGS_H
#define CLI_BASE_STRINGS_H

#include <stddef.h>

/* A zeroed struct is an empty list. */
struct strings {
    char **items;
    size_t count;
};

/* Appends a copy of the LENGTH bytes at TEXT. Returns 0, or -1 without memory. */
int strings_add(struct strings *strings, const char *text, size_t length);

/* Frees the strings and the list, which is then empty. */
void strings_free(struct strings *strings);

#endif
