/*
 * filters.c - the options that leave functions out. See filters.h.
 */
#include "cli/record/filters.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/duration.h"
#include "cli/base/file.h"

enum {
    THROTTLE_CALLS = 100000, /* calls, unless the user says otherwise */
    SHOWN = 3,               /* patterns in a short line */
    NUMBER_MAX = 1000000000,
};

/* Reads a number from 1 to NUMBER_MAX at TEXT, and moves that behind it. Returns 0, or -1 if there is none.
 */
static int parse_number(int64_t *number, const char **text)
{
    char *end;
    long long parsed = strtoll(*text, &end, 10);

    if (!isdigit((unsigned char)**text) || parsed < 1 || parsed > NUMBER_MAX)
        return -1;
    *number = parsed;
    *text = end;
    return 0;
}

static int take_depth(struct filters *filters, const char *value, struct message *message)
{
    const char *end = value;

    if (parse_number(&filters->depth, &end) != 0 || *end != '\0')
        return message_set(message, "invalid number of calls '%s' (use 1 to %d)", value, NUMBER_MAX);
    return 0;
}

/* Reads CALLS:NS, each of which may be missing. */
static int take_throttle(struct filters *filters, const char *value, struct message *message)
{
    const char *end = value;

    filters->throttle_calls = THROTTLE_CALLS;
    if (value == NULL)
        return 0;
    if ((*end != ':' && parse_number(&filters->throttle_calls, &end) != 0) ||
        (*end == ':' && (end++, parse_number(&filters->throttle_ns, &end) != 0)) || *end != '\0' ||
        end == value)
        return message_set(message, "invalid throttle '%s' (use CALLS, CALLS:NS or :NS)", value);
    return 0;
}

static int take_pattern(struct filters *filters, int is_only, const char *value, struct message *message)
{
    struct pattern pattern;
    struct filter *added;

    if (pattern_parse(&pattern, value, message) != 0)
        return -1;
    added = ARRAY_APPEND(filters->items, filters->count);
    if (added == NULL) {
        pattern_free(&pattern);
        return message_no_memory(message);
    }
    added->pattern = pattern;
    added->is_only = is_only;
    filters->has_only |= is_only;
    return 0;
}

int filters_take(struct filters *filters, const char *name, const char *value, struct message *message)
{
    if (strcmp(name, "throttle") == 0)
        return take_throttle(filters, value, message);
    if (value == NULL)
        value = "";
    if (strcmp(name, "only") == 0)
        return take_pattern(filters, 1, value, message);
    if (strcmp(name, "exclude") == 0)
        return take_pattern(filters, 0, value, message);
    if (strcmp(name, "depth") == 0)
        return take_depth(filters, value, message);
    if (strcmp(name, "min-time") == 0)
        return duration_parse(&filters->min_time, value, message);
    return message_set(message, "unknown filter '%s' (use only, exclude, depth, min-time or throttle)", name);
}

/* Adds the option in LINE, which is changed. */
static int take_line(struct filters *filters, char *line, struct message *message)
{
    size_t end = strlen(line);
    char *value;

    while (end > 0 && isspace((unsigned char)line[end - 1]))
        line[--end] = '\0';
    line += strspn(line, " \t");
    if (*line == '\0' || *line == '#')
        return 0;
    if (strncmp(line, "--", 2) == 0)
        line += 2;
    value = line + strcspn(line, "= \t");
    if (*value == '\0')
        return filters_take(filters, line, NULL, message);
    *value++ = '\0';
    return filters_take(filters, line, value + strspn(value, " \t"), message);
}

int filters_read(struct filters *filters, const char *path, struct message *message)
{
    unsigned char *data;
    struct message problem;
    char *text, *line, *rest;
    size_t size, number = 0;
    int result = 0;

    if (file_read(path, &data, &size, message) != 0)
        return -1;
    text = strndup((const char *)data, size);
    free(data);
    if (text == NULL)
        return message_no_memory(message);
    rest = text;
    while (result == 0 && (line = strsep(&rest, "\n")) != NULL) {
        number++;
        if ((result = take_line(filters, line, &problem)) != 0)
            message_set(message, "%s:%zu: %s", path, number, problem.text);
    }
    free(text);
    return result;
}

int filters_are_on(const struct filters *filters)
{
    return filters->count > 0 || filters->depth > 0 || filters->min_time > 0 || filters->throttle_calls > 0;
}

static void print(FILE *stream, int is_short, const char *name, const char *value)
{
    if (is_short)
        fprintf(stream, "%s--%s %s", ftell(stream) > 0 ? ", " : "", name, value);
    else
        fprintf(stream, "%s %s\n", name, value);
}

static void print_all(FILE *stream, const struct filters *filters, int is_short)
{
    size_t shown = is_short && filters->count > SHOWN ? SHOWN : filters->count;
    char value[DURATION_MAX];

    for (size_t i = 0; i < shown; i++)
        print(stream, is_short, filters->items[i].is_only ? "only" : "exclude",
              filters->items[i].pattern.text);
    if (shown < filters->count)
        fprintf(stream, " and %zu more", filters->count - shown);
    if (filters->depth > 0) {
        snprintf(value, sizeof value, "%" PRId64, filters->depth);
        print(stream, is_short, "depth", value);
    }
    if (filters->min_time > 0) {
        duration_format(value, filters->min_time);
        print(stream, is_short, "min-time", value);
    }
    if (filters->throttle_calls > 0) {
        int length = snprintf(value, sizeof value, "%" PRId64, filters->throttle_calls);

        if (filters->throttle_ns > 0)
            snprintf(value + length, sizeof value - (size_t)length, ":%" PRId64, filters->throttle_ns);
        print(stream, is_short, "throttle", value);
    }
}

char *filters_text(const struct filters *filters, int is_short)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    int failed;

    if (stream == NULL)
        return NULL;
    print_all(stream, filters, is_short);
    failed = ferror(stream);
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

static int matches(const struct pattern *pattern, const char *name, const char *full_name, const char *file)
{
    int result;

    if (pattern->is_for_files)
        return file != NULL ? pattern_matches(pattern, file) : 0;
    result = name != NULL ? pattern_matches(pattern, name) : 0;
    return result == 0 && full_name != NULL ? pattern_matches(pattern, full_name) : result;
}

int filters_exclude(struct filters *filters, const char *name, const char *full_name, const char *file,
                    struct message *message)
{
    int is_wanted = !filters->has_only, is_excluded = 0;

    for (size_t i = 0; i < filters->count; i++) {
        struct filter *filter = &filters->items[i];
        int result = matches(&filter->pattern, name, full_name, file);

        if (result < 0)
            return message_set(message, "the pattern '%s' takes too long", filter->pattern.text);
        filter->has_matched |= result;
        if (filter->is_only)
            is_wanted |= result;
        else
            is_excluded |= result;
    }
    return !is_wanted || is_excluded;
}

void filters_free(struct filters *filters)
{
    for (size_t i = 0; i < filters->count; i++)
        pattern_free(&filters->items[i].pattern);
    free(filters->items);
    *filters = (struct filters){0};
}
