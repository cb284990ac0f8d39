/*
 * text.c - names from files, made fit to be shown. See text.h.
 */
#include "cli/base/text.h"

#include <stdlib.h>
#include <string.h>

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

/* Writes the text between two escapes at once, for each call of a stream takes time. */
void text_print(FILE *stream, const char *text)
{
    const char *run = text;

    if (ferror(stream))
        return; /* nobody would read it, and it may take long to write */
    while (*text != '\0') {
        if (*text >= ' ' && *text <= '~') { /* most characters: a call of text_printable() for each is slow */
            text++;
            continue;
        }
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

char *text_make_valid(const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    char *valid = malloc(strlen(text) * (sizeof replacement - 1) + 1), *end = valid;
    uint32_t character;

    while (valid != NULL && *text != '\0') {
        size_t length = text_decode(text, &character);
        if (length > 0)
            end = mempcpy(end, text, length);
        else
            end = mempcpy(end, replacement, sizeof replacement - 1);
        text += length > 0 ? length : 1;
    }
    if (valid != NULL)
        *end = '\0';
    return valid;
}

size_t text_width(const char *text)
{
    size_t width = 0;

    while (*text != '\0') {
        size_t length = text_printable(text);
        width += length > 0 ? 1 : sizeof "\\xff" - 1;
        text += length > 0 ? length : 1;
    }
    return width;
}

/* Returns the columns that text_print_character() takes for the character at TEXT. */
static size_t columns_of(const char *text)
{
    return text_printable(text) > 0 ? 1 : sizeof "\\xff" - 1;
}

void text_print_within(FILE *stream, const char *text, size_t width, size_t kept, const char *mark)
{
    size_t rest = text_width(text), room = width > text_width(mark) ? width - text_width(mark) : 0;

    if (rest <= width) {
        text_print(stream, text);
        return;
    }
    if (kept > room)
        kept = room;
    for (room -= kept; *text != '\0' && columns_of(text) <= kept;) {
        kept -= columns_of(text);
        rest -= columns_of(text);
        text += text_print_character(stream, text);
    }
    for (fputs(mark, stream); rest > room; text += text_printable(text) > 0 ? text_printable(text) : 1)
        rest -= columns_of(text);
    text_print(stream, text);
}
