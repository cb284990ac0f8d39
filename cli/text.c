/*
 * text.c - names from files, made fit to be shown. See text.h.
 */
#include "text.h"

size_t text_print_character(FILE *stream, const char *text)
{
    size_t length = text_printable(text);

    if (length == 0) {
        fprintf(stream, "\\x%02x", (unsigned char)*text);
        return 1;
    }
    fwrite(text, 1, length, stream);
    return length;
}

void text_print(FILE *stream, const char *text)
{
    while (*text != '\0')
        text += text_print_character(stream, text);
}
