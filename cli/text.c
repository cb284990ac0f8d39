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

/* Writes what needs no escape in runs: a stream takes its time for each call. */
void text_print(FILE *stream, const char *text)
{
    const char *run = text;

    while (*text != '\0') {
        size_t length = text_printable(text);
        if (length == 0) {
            fwrite(run, 1, (size_t)(text - run), stream);
            length = text_print_character(stream, text);
            run = text + length;
        }
        text += length;
    }
    fwrite(run, 1, (size_t)(text - run), stream);
}
