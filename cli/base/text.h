/*
 * text.h - names from files, made fit to be shown.
 *
 * A profile is hostile input. A name in it may hold escape sequences for a terminal, invalid UTF-8, or marks
 * that turn the line around. All code that prints such a name uses these functions. All other code keeps
 * names as they are.
 */
#ifndef CLI_BASE_TEXT_H
#define CLI_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Decodes the character at TEXT, which ends with NUL. Returns its length in bytes, or 0 if it is not valid
 * UTF-8. Overlong forms, surrogates and numbers above U+10FFFF are not valid. Reads nothing behind the NUL.
 */
static inline size_t text_decode(const char *text, uint32_t *character)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};

    if ((byte[0] >= 0x80 && byte[0] < 0xc0) || byte[0] > 0xf4)
        return 0;
    *character = byte[0] & mask[length];
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (byte[i] & 0x3fU);
    }
    if (*character < smallest[length] || *character > 0x10ffff || (*character & 0xfffff800) == 0xd800)
        return 0;
    return length;
}

/* Returns the length in bytes of the character at TEXT, or 0 if a terminal must not get it. These are the
 * control characters of both sets, invalid bytes, and the marks that reorder or break a line.
 */
static inline size_t text_printable(const char *text)
{
    uint32_t character = 0;
    size_t length = text_decode(text, &character);

    if (character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x61c ||
        character == 0x200e || character == 0x200f || (character >= 0x2028 && character <= 0x202e) ||
        (character >= 0x2066 && character <= 0x2069))
        return 0;
    return length;
}

/* Returns a copy of TEXT in which U+FFFD stands for each byte that is not valid UTF-8. The caller frees it.
 * Returns NULL without memory. */
char *text_make_valid(const char *text);

/* Writes the character at TEXT, which is not empty, or \xNN for its first byte. Returns how many bytes of
 * TEXT that was. */
size_t text_print_character(FILE *stream, const char *text);

/* Writes TEXT, with \xNN for each byte that may not be shown. Failures stay in the stream's error flag. */
void text_print(FILE *stream, const char *text);

/* Writes TEXT as text_print() does, if that takes no more than WIDTH columns. Otherwise writes the first KEPT
 * columns, MARK, and as much of the end of TEXT as fits. */
void text_print_within(FILE *stream, const char *text, size_t width, size_t kept, const char *mark);

/* Returns how many columns text_print() takes, if each character takes one. */
size_t text_width(const char *text);

#endif
