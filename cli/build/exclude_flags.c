/*
 * exclude_flags.c - flags that leave out the functions that PROFILE_BUILD_EXCLUDE names. See exclude_flags.h.
 */
#include "cli/build/exclude_flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "PROFILE_BUILD_EXCLUDE"

/* Returns the patterns, as the plugin takes them: separated by commas, with a backslash before a comma that
 * is part of one. Returns "" if there are none. */
static const char *patterns(void)
{
    const char *value = getenv(VARIABLE);

    return value != NULL ? value : "";
}

/* Adds NAME and the LENGTH bytes at TEXT as one word. Returns 0, or -1 and fills MESSAGE. */
static int add_flag(struct strings *words, const char *name, const char *text, size_t length,
                    struct message *message)
{
    char *word;
    int size = asprintf(&word, "%s%.*s", name, (int)length, text);
    int result = size < 0 ? -1 : strings_add(words, word, (size_t)size);

    if (size >= 0)
        free(word);
    return result == 0 ? 0 : message_no_memory(message);
}

int exclude_flags_for_plugin(struct strings *words, struct message *message)
{
    const char *list = patterns();

    return *list == '\0' ? 0
                         : add_flag(words, "-fplugin-arg-profile_gcc-exclude=", list, strlen(list), message);
}

/* Returns the length of the first pattern of LIST. */
static size_t pattern_length(const char *list)
{
    size_t length = strcspn(list, ",");

    while (length > 0 && list[length] == ',' && list[length - 1] == '\\')
        length += 1 + strcspn(list + length + 1, ",");
    return length;
}

/* Cuts stars off both ends of the pattern of *LENGTH bytes at *TEXT. Returns 1 if gcc's own lists can say the
 * rest: a part of a name, or of a path. */
static int cut_stars(const char **text, size_t *length)
{
    const char *slash;

    while (*length > 0 && **text == '*')
        (*text)++, (*length)--;
    while (*length > 0 && (*text)[*length - 1] == '*')
        (*length)--;
    slash = memchr(*text, '/', *length);
    return *length > 0 && strcspn(*text, "*?[\\") >= *length &&
           (slash == NULL || memchr(slash, ':', (size_t)(*text + *length - slash)) == NULL);
}

/* Adds the flag for the pattern of LENGTH bytes at TEXT. */
static int add_for_gcc(struct strings *words, const char *text, size_t length, struct message *missing,
                       struct message *message)
{
    const char *part = text;
    size_t size = length;

    if (cut_stars(&part, &size))
        return add_flag(words,
                        memchr(part, '/', size) != NULL ? "-finstrument-functions-exclude-file-list="
                                                        : "-finstrument-functions-exclude-function-list=",
                        part, size, message);
    message_set(missing,
                VARIABLE ": gcc can leave out '%.*s' only with profile's plugin: install "
                         "gcc-VERSION-plugin-dev and build profile again",
                (int)length, text);
    return 0;
}

int exclude_flags_for_gcc(struct strings *words, struct message *missing, struct message *message)
{
    int result = 0;

    for (const char *next = patterns(); result == 0 && *next != '\0';) {
        size_t length = pattern_length(next);

        if (length > 0)
            result = add_for_gcc(words, next, length, missing, message);
        next += length + (next[length] == ',');
    }
    return result;
}

void exclude_flags_for_clang(struct message *missing)
{
    if (*patterns() != '\0')
        message_set(missing,
                    VARIABLE ": clang cannot leave out functions by name; use profile --exclude instead");
}
