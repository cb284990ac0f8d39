/*
 * quote.h - words as a shell takes them.
 */
#ifndef CLI_BASE_QUOTE_H
#define CLI_BASE_QUOTE_H

#include <stddef.h>
#include <stdio.h>

/* Returns 1 unless a shell takes the LENGTH bytes at TEXT, without quotes, for one word. */
int quote_is_needed(const char *text, size_t length);

/* Prints the LENGTH bytes at TEXT as they stand between single quotes of a shell. */
void quote_print_inside(FILE *stream, const char *text, size_t length);

/* Prints the LENGTH bytes at TEXT as one word, in single quotes if they are needed. */
void quote_print(FILE *stream, const char *text, size_t length);

#endif
