/*
 * option_values.c - the values of options. See option_values.h.
 */
#include "cli/ui/option_values.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int option_parse_count(int64_t *count, const char *text)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return -1;
    *count = strtoll(text, NULL, 10);
    return 0;
}

static const char *noun_of(const struct option_spec *option)
{
    return option->noun != NULL ? option->noun : "value";
}

void option_list(char list[MESSAGE_MAX], const char *words, const char *prefix)
{
    size_t end = 0;

    list[0] = '\0';
    while (*words != '\0' && end < MESSAGE_MAX) {
        int length = (int)strcspn(words, " ");
        const char *before = end == 0 ? "" : words[length] == '\0' ? " or " : ", ";

        end += (size_t)snprintf(list + end, MESSAGE_MAX - end, "%s%s%.*s", before, prefix, length, words);
        words += length + (words[length] != '\0');
    }
}

int option_refuse_choice(const char *noun, const char *value, const char *words, struct message *message)
{
    char list[MESSAGE_MAX];

    option_list(list, words, "");
    return message_set(message, "unknown %s '%s' (use %s)", noun, value, list);
}

int option_choose(const struct option_spec *option, const char *value, struct message *message)
{
    int place = 0;

    assert(option->values != NULL);
    for (const char *word = option->values; word != NULL; place++) {
        size_t length = strcspn(word, " ");

        if (strlen(value) == length && strncmp(word, value, length) == 0)
            return place;
        word = word[length] == '\0' ? NULL : word + length + 1;
    }
    return option_refuse_choice(noun_of(option), value, option->values, message);
}

static int store_choice(const struct option_spec *option, int *field, const char *value,
                        struct message *message)
{
    int place = option_choose(option, value, message);

    if (place < 0)
        return -1;
    *field = option->number + place;
    return 0;
}

static int store_count(const struct option_spec *option, int64_t *field, const char *value,
                       struct message *message)
{
    if (option_parse_count(field, value) != 0)
        return message_set(message, "invalid %s '%s' (use a whole number, 0 or more)", noun_of(option),
                           value);
    return 0;
}

static int store_number(const struct option_spec *option, double *field, const char *value,
                        struct message *message)
{
    char *end;
    double number = strtod(value, &end);
    int is_number = end != value && *end == '\0' && isfinite(number) && number >= 0;

    if (option->greatest > 0 && !(is_number && number <= option->greatest))
        return message_set(message, "invalid %s '%s' (use a number from 0 to %g)", noun_of(option), value,
                           option->greatest);
    if (!is_number)
        return message_set(message, "invalid %s '%s' (use a number, 0 or more)", noun_of(option), value);
    *field = number;
    return 0;
}

static int store_path(const char **field, const char *value, struct message *message)
{
    if (*value == '\0')
        return message_set(message, "the file name is empty");
    *field = value;
    return 0;
}

int option_store(const struct option_spec *option, void *target, const char *value, struct message *message)
{
    void *field = (char *)target + option->offset;

    switch (option->kind) {
    case OPTION_CALL:
        return option->take(option, field, value, message);
    case OPTION_FLAG:
        *(int *)field = 1;
        return 0;
    case OPTION_SET:
        *(int *)field = option->number;
        return 0;
    case OPTION_BIT:
        *(int *)field |= option->number;
        return 0;
    case OPTION_COUNT:
        return store_count(option, field, value, message);
    case OPTION_NUMBER:
        return store_number(option, field, value, message);
    case OPTION_TEXT:
        *(const char **)field = value;
        return 0;
    case OPTION_PATH:
        return store_path(field, value, message);
    case OPTION_CHOICE:
        return store_choice(option, field, value, message);
    case OPTION_ABOUT:
        break;
    }
    return 0;
}
