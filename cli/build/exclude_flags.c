/*
 * exclude_flags.c - flags that leave out the functions that PROFILE_BUILD_EXCLUDE names. See exclude_flags.h.
 */
#include "cli/build/exclude_flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "PROFILE_BUILD_EXCLUDE"

/* Returns the patterns, separated by commas; "" if there are none. */
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
    for (const char *pattern = patterns(); *pattern != '\0';) {
        size_t length = strcspn(pattern, ",");

        if (length > 0 && add_flag(words, "-fplugin-arg-profile_gcc-exclude=", pattern, length, message) != 0)
            return -1;
        pattern += length + (pattern[length] == ',');
    }
    return 0;
}

/* Cuts stars off both ends of the pattern of *LENGTH bytes at *TEXT. Returns 1 if no other special character
 * is in it. */
static int cut_stars(const char **text, size_t *length)
{
    while (*length > 0 && **text == '*')
        (*text)++, (*length)--;
    while (*length > 0 && (*text)[*length - 1] == '*')
        (*length)--;
    return *length > 0 && strcspn(*text, "*?[\\") >= *length;
}

int exclude_flags_for_gcc(struct strings *words, struct message *missing, struct message *message)
{
    for (const char *next = patterns(); *next != '\0';) {
        const char *text = next;
        size_t length = strcspn(next, ",");
        size_t all = length;

        next += length + (next[length] == ',');
        if (length == 0)
            continue;
        if (!cut_stars(&text, &length))
            message_set(missing,
                        VARIABLE ": gcc can leave out '%.*s' only with profile's plugin: run make with "
                                 "gcc-VERSION-plugin-dev installed",
                        (int)all, text);
        else if (add_flag(words,
                          memchr(text, '/', length) != NULL ? "-finstrument-functions-exclude-file-list="
                                                            : "-finstrument-functions-exclude-function-list=",
                          text, length, message) != 0)
            return -1;
    }
    return 0;
}

void exclude_flags_for_clang(struct message *missing)
{
    if (*patterns() != '\0')
        message_set(missing,
                    VARIABLE ": clang cannot leave out functions by name; use profile --exclude instead");
}
