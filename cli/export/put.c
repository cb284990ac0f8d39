/*
 * put.c - writes numbers and names to a stream. See put.h.
 */
#include "cli/export/put.h"

#include <math.h>
#include <string.h>

#include "cli/base/text.h"

enum { DIGITS_MAX = 20 }; /* of 64 bits */

void put_text(FILE *stream, const char *text)
{
    fputs_unlocked(text, stream);
}

void put_number(FILE *stream, uint64_t number)
{
    char digits[DIGITS_MAX], *first = digits + sizeof digits;

    do
        *--first = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    fwrite_unlocked(first, 1, (size_t)(digits + sizeof digits - first), stream);
}

void put_milliseconds(FILE *stream, uint64_t ns)
{
    enum { DIGITS = 6, NS_PER_MS = 1000000 };
    char digits[DIGITS + 1] = {'.'};
    uint64_t part = ns % NS_PER_MS;

    put_number(stream, ns / NS_PER_MS);
    if (part == 0)
        return;
    for (size_t i = DIGITS; i > 0; part /= 10)
        digits[i--] = (char)('0' + part % 10);
    fwrite_unlocked(digits, 1, sizeof digits, stream);
}

void put_rounded(FILE *stream, double number)
{
    if (!(number > 0))
        putc_unlocked('0', stream);
    else if (number < 0x1p63)
        put_number(stream, (uint64_t)nearbyint(number));
    else
        fprintf(stream, "%.0f", number);
}

/* Returns 1 if the ASCII character C must not stand in a string of JSON, or in one of a script, as it is. */
static int is_escaped(unsigned char c)
{
    return c < 0x20 || c == 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&';
}

/* Writes the character at TEXT that cannot be written as it is. Returns its length. */
static size_t put_character(FILE *stream, const char *text)
{
    uint32_t character = 0;
    size_t length = text_decode(text, &character);

    if (length == 0)
        fprintf(stream, "\\\\x%02x", (unsigned char)*text);
    else if (character == '"' || character == '\\')
        fprintf(stream, "\\%c", (int)character);
    else if (character < 0xa0 || character == 0x2028 || character == 0x2029)
        fprintf(stream, "\\u%04x", character);
    else
        fwrite_unlocked(text, 1, length, stream);
    return length > 0 ? length : 1;
}

void put_json_string(FILE *stream, const char *text)
{
    if (text == NULL) {
        put_text(stream, "null");
        return;
    }
    putc_unlocked('"', stream);
    while (*text != '\0') {
        size_t plain = 0;
        while ((unsigned char)text[plain] < 0x80 && !is_escaped((unsigned char)text[plain]))
            plain++;
        fwrite_unlocked(text, 1, plain, stream);
        text += plain;
        if (*text != '\0')
            text += put_character(stream, text);
    }
    putc_unlocked('"', stream);
}
