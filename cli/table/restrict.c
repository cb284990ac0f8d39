/*
 * restrict.c - shortens a list of rows. See restrict.h.
 */
#include "cli/table/restrict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/text.h"

static struct restriction *append(struct restrictions *restrictions)
{
    struct restriction *items =
        reallocarray(restrictions->items, restrictions->count + 1, sizeof *restrictions->items);

    if (items == NULL)
        return NULL;
    restrictions->items = items;
    items[restrictions->count] = (struct restriction){0};
    return &items[restrictions->count++];
}

int restrict_add_count(struct restrictions *restrictions, int64_t count, struct message *message)
{
    struct restriction *added = append(restrictions);

    if (added == NULL)
        return message_no_memory(message);
    *added = (struct restriction){.kind = RESTRICTION_COUNT, .count = count};
    return 0;
}

static int add_invalid(struct restrictions *restrictions, const char *text, struct message *message)
{
    struct restriction *added = append(restrictions);

    if (added == NULL)
        return message_no_memory(message);
    *added = (struct restriction){.kind = RESTRICTION_INVALID, .text = strdup(text)};
    return added->text == NULL ? message_no_memory(message) : 0;
}

static int add_regex(struct restrictions *restrictions, const char *text, struct message *message)
{
    struct restriction *added;
    struct regex regex;

    if (regex_compile(&regex, text, strlen(text), message) != 0)
        return restrictions->as_pstats ? add_invalid(restrictions, text, message) : -1;
    added = append(restrictions);
    if (added == NULL) {
        regex_free(&regex);
        return message_no_memory(message);
    }
    *added = (struct restriction){.kind = RESTRICTION_REGEX, .regex = regex, .text = strdup(text)};
    return added->text == NULL ? message_no_memory(message) : 0;
}

/* Parses a decimal number as Python writes an int. A number too great for COUNT becomes the greatest one.
 * Returns 0, or -1 if TEXT is something else. */
static int parse_count(const char *text, int64_t *count)
{
    const char *digits = text + (*text == '-' || *text == '+');

    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return -1;
    *count = strtoll(text, NULL, 10);
    return 0;
}

/* Parses a decimal number as Python writes a float, but not "nan" and "inf", which are names of C functions.
 * Returns 0, or -1 if TEXT is something else. */
static int parse_number(const char *text, double *number)
{
    char *end;

    if (*text == '\0' || text[strspn(text, "0123456789.eE+-")] != '\0')
        return -1;
    *number = strtod(text, &end);
    return end == text || *end != '\0' ? -1 : 0;
}

int restrict_add(struct restrictions *restrictions, const char *text, struct message *message)
{
    int64_t count;
    double fraction;

    if (parse_count(text, &count) == 0)
        return restrict_add_count(restrictions, count, message);
    if (parse_number(text, &fraction) != 0)
        return add_regex(restrictions, text, message);
    if (!(fraction >= 0 && fraction <= 1) && !restrictions->as_pstats)
        return message_set(message, "invalid fraction '%s' (use a number from 0 to 1)", text);
    struct restriction *added = append(restrictions);
    if (added == NULL)
        return message_no_memory(message);
    *added = (struct restriction){.kind = RESTRICTION_FRACTION, .fraction = fraction};
    return 0;
}

/* Prints NUMBER as Python's repr() does: with the fewest digits that read back as NUMBER. */
static void print_number(FILE *stream, double number)
{
    char text[64];

    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    fprintf(stream, "%s%s", text, strpbrk(text, ".e") == NULL ? ".0" : "");
}

/* Double quotes are used only if they save escaping single ones. */
void restrict_print_quoted(FILE *stream, const char *text)
{
    char quote = strchr(text, '\'') != NULL && strchr(text, '"') == NULL ? '"' : '\'';

    fputc(quote, stream);
    while (*text != '\0') {
        if (*text == '\n' || *text == '\r' || *text == '\t')
            fprintf(stream, "\\%c", *text == '\n' ? 'n' : *text == '\r' ? 'r' : 't');
        else if (*text == '\\' || *text == quote)
            fprintf(stream, "\\%c", *text);
        else {
            text += text_print_character(stream, text);
            continue;
        }
        text++;
    }
    fputc(quote, stream);
}

static void print_restriction(FILE *stream, const struct restriction *restriction)
{
    switch (restriction->kind) {
    case RESTRICTION_COUNT:
        fprintf(stream, "%jd", (intmax_t)restriction->count);
        break;
    case RESTRICTION_FRACTION:
        print_number(stream, restriction->fraction);
        break;
    case RESTRICTION_REGEX:
    case RESTRICTION_INVALID:
        restrict_print_quoted(stream, restriction->text);
        break;
    }
}

/* Adds the line that tells how RESTRICTION changed LIST, which had BEFORE rows. Returns 0, or -1 and fills
 * MESSAGE. */
static int add_reduction(struct table_list *list, const struct restriction *restriction, size_t before,
                         struct message *message)
{
    char *text = NULL;
    size_t size;
    FILE *stream;

    if (list->count == before && restriction->kind != RESTRICTION_INVALID)
        return 0;
    stream = open_memstream(&text, &size);
    if (stream == NULL)
        return message_no_memory(message);
    fputs(list->reductions == NULL ? "" : list->reductions, stream);
    if (restriction->kind == RESTRICTION_INVALID)
        fputs("   <Invalid regular expression ", stream);
    else
        fprintf(stream, "   List reduced from %zu to %zu due to restriction <", before, list->count);
    print_restriction(stream, restriction);
    fputs(">\n", stream);
    int failed = ferror(stream);
    if (fclose(stream) != 0 || failed) {
        free(text);
        return message_no_memory(message);
    }
    free(list->reductions);
    list->reductions = text;
    return 0;
}

static int keep_matches(const struct restriction *restriction, struct table_list *list,
                        struct message *message)
{
    struct regex_search search;
    size_t kept = 0;
    int found = 0;

    if (regex_search_open(&search, &restriction->regex) != 0)
        return message_no_memory(message);
    for (size_t i = 0; i < list->count && found >= 0; i++) {
        found = regex_search_in(&search, list->rows[i]->text);
        if (found > 0)
            list->rows[kept++] = list->rows[i];
    }
    list->count = kept;
    regex_search_close(&search);
    if (found < 0)
        return message_set(message, "the regular expression '%s' takes too long", restriction->text);
    return 0;
}

static int apply(const struct restriction *restriction, struct table_list *list, struct message *message)
{
    switch (restriction->kind) {
    case RESTRICTION_COUNT:
        if (restriction->count >= 0 && (uint64_t)restriction->count < list->count)
            list->count = (size_t)restriction->count;
        return 0;
    case RESTRICTION_FRACTION:
        if (restriction->fraction >= 0 && restriction->fraction < 1)
            list->count = (size_t)((double)list->count * restriction->fraction + .5);
        return 0;
    case RESTRICTION_REGEX:
        return keep_matches(restriction, list, message);
    case RESTRICTION_INVALID:
        break;
    }
    return 0;
}

int restrict_apply(const struct restrictions *restrictions, struct table_list *list, struct message *message)
{
    for (size_t i = 0; i < restrictions->count; i++) {
        const struct restriction *restriction = &restrictions->items[i];
        size_t before = list->count;
        if (apply(restriction, list, message) != 0 || add_reduction(list, restriction, before, message) != 0)
            return -1;
    }
    return 0;
}

void restrict_drop(struct restrictions *restrictions)
{
    struct restriction *last = &restrictions->items[--restrictions->count];

    regex_free(&last->regex);
    free(last->text);
}

void restrict_free(struct restrictions *restrictions)
{
    while (restrictions->count > 0)
        restrict_drop(restrictions);
    free(restrictions->items);
    *restrictions = (struct restrictions){0};
}
