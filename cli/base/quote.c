/*
 * quote.c - words as a shell takes them. See quote.h.
 */
#include "cli/base/quote.h"

#include <string.h>

int quote_is_needed(const char *text, size_t length)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%^";

    for (size_t i = 0; i < length; i++)
        if (memchr(plain, text[i], sizeof plain - 1) == NULL)
            return 1;
    return length == 0;
}

/* A single quote cannot stand between single quotes: it ends them, follows escaped, and new ones begin. */
void quote_print_inside(FILE *stream, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\'')
            fputs("'\\''", stream);
        else
            fputc(text[i], stream);
}

void quote_print(FILE *stream, const char *text, size_t length)
{
    const char *quote = quote_is_needed(text, length) ? "'" : "";

    fputs(quote, stream);
    quote_print_inside(stream, text, length);
    fputs(quote, stream);
}
