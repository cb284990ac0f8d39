/*
 * text_test.c - how cli/base/text.c shows names, and cli/base/message.c messages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/message.h"
#include "cli/base/text.h"
#include "tests/lib/case.h"

static void assert_shown(const char *text, const char *expected)
{
    char *shown = NULL;
    size_t size;
    FILE *stream = open_memstream(&shown, &size);

    text_print(stream, text);
    fclose(stream);
    assert_string_equal(shown, expected);
    free(shown);
}

static void assert_shown_within(size_t width, size_t kept, const char *text, const char *expected)
{
    char *shown = NULL;
    size_t size;
    FILE *stream = open_memstream(&shown, &size);

    text_print_within(stream, text, width, kept, "..");
    fclose(stream);
    assert_string_equal(shown, expected);
    free(shown);
}

static void cuts_lines(void **state)
{
    (void)state;
    assert_shown_within(8, 2, "01234567", "01234567");
    assert_shown_within(7, 2, "01234567", "01..567");
    assert_shown_within(7, 0, "01234567", "..34567");
    assert_shown_within(7, SIZE_MAX, "01234567", "01234..");
    assert_shown_within(6, 2, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9z\xc3\xa9\xe4\xb8\xad",
                        "\xc3\xa9\xc3\xa9..\xc3\xa9\xe4\xb8\xad");
    assert_shown_within(8, 2, "\x1b\x1b\x1b", "..\\x1b");
    assert_shown_within(1, 9, "01234567", "..");
}

static void keeps_text(void **state)
{
    (void)state;
    assert_shown("", "");
    assert_shown("std::map<int, \\> ~", "std::map<int, \\> ~");
    assert_shown("\xc2\xa0\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf",
                 "\xc2\xa0\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf");
}

static void escapes_controls(void **state)
{
    (void)state;
    assert_shown("\x1b[31m\n\t\r\a\x7f", "\\x1b[31m\\x0a\\x09\\x0d\\x07\\x7f");
    assert_shown("\xc2\x80\xc2\x9f", "\\xc2\\x80\\xc2\\x9f");                   /* C1 */
    assert_shown("\xe2\x80\xae\xe2\x81\xa6", "\\xe2\\x80\\xae\\xe2\\x81\\xa6"); /* right to left */
}

static void escapes_invalid_bytes(void **state)
{
    (void)state;
    assert_shown("\x80\xbf\xfe\xff", "\\x80\\xbf\\xfe\\xff");
    assert_shown("\xc0\xaf\xc1\xbf", "\\xc0\\xaf\\xc1\\xbf"); /* overlong */
    assert_shown("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf");          /* overlong */
    assert_shown("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"); /* overlong */
    assert_shown("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* a surrogate */
    assert_shown("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
    assert_shown("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
    assert_shown("\xe4\xb8", "\\xe4\\xb8"); /* cut */
    assert_shown("\xe4x", "\\xe4x");
    assert_shown("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
}

static void sets_messages(void **state)
{
    (void)state;
    struct message message;
    assert_int_equal(message_set(&message, "cannot open %s", "a\x1b\n\xff\xc3\xa9"), -1);
    assert_string_equal(message.text, "cannot open a???\xc3\xa9");
    message_set(&message, "%s: %s", "again", message.text);
    assert_string_equal(message.text, "again: cannot open a???\xc3\xa9");
}

static void cuts_messages(void **state)
{
    (void)state;
    struct message message;
    char text[MESSAGE_MAX + 10];
    for (size_t before = MESSAGE_MAX - 8; before < MESSAGE_MAX + 2; before++) {
        memset(text, 'a', before);
        strcpy(text + before, "\xf0\x9f\x98\x80z");
        message_set(&message, "%s", text);
        size_t whole = before + 4 < MESSAGE_MAX ? before + 4 : before;
        size_t expected = before + 5 < MESSAGE_MAX ? before + 5 : whole;
        assert_int_equal(strlen(message.text), expected < MESSAGE_MAX ? expected : MESSAGE_MAX - 1);
        assert_null(strchr(message.text, '?'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("printable text stays as it is", keeps_text),
        TEST_ALONE("control characters and marks that turn the line around are escaped", escapes_controls),
        TEST_ALONE("invalid UTF-8 is escaped byte by byte", escapes_invalid_bytes),
        TEST_ALONE("a message shows no control characters, and may hold the message before", sets_messages),
        TEST_ALONE("a line is cut in its middle, between characters as they are shown", cuts_lines),
        TEST_ALONE("a message is cut to fit between characters", cuts_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
