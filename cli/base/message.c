/*
 * message.c - the one line that says what went wrong. See message.h.
 */
#include "cli/base/message.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/base/text.h"

/* Copies FROM, with a '?' for each byte that may not be shown. The copy is as long as FROM. */
static void copy_shown(char *to, const char *from)
{
    while (*from != '\0') {
        size_t length = text_printable(from);
        if (length == 0) {
            *to++ = '?';
            from++;
        }
        for (; length > 0; length--)
            *to++ = *from++;
    }
    *to = '\0';
}

/* Removes the first bytes of a character that was cut at the end of TEXT. */
static void trim_cut_character(char *text, size_t length)
{
    size_t start = length;
    uint32_t character;

    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xc0 && text_decode(text + start - 1, &character) == 0)
        text[start - 1] = '\0';
}

int message_set(struct message *message, const char *format, ...)
{
    char text[MESSAGE_MAX]; /* not in place: the arguments may hold the old text */
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= sizeof text)
        trim_cut_character(text, sizeof text - 1);
    copy_shown(message->text, text);
    return -1;
}

int message_no_memory(struct message *message)
{
    return message_set(message, "not enough memory");
}
