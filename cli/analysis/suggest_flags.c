/*
 * suggest_flags.c - suggestions in the words of gcc and of its plugin. See suggest_flags.h.
 *
 * The plugin matches whole names, and gcc's lists match parts of them. Either may match a function that is
 * not suggested. Then the plugin gets a longer name, and the source gets a mark instead of an item.
 */
#include "cli/analysis/suggest_flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analysis/markable.h"
#include "cli/base/array.h"
#include "cli/build/exclude_items.h"

struct work {
    const struct table *table;
    unsigned char *chosen; /* by row: it is suggested */
    struct suggest_flags *flags;
};

/* Adds TEXT, which may be NULL for want of memory, and frees it. Returns 0, or -1 without memory. */
static int add_text(struct strings *strings, char *text)
{
    int result = text == NULL ? -1 : strings_add(strings, text, strlen(text));

    free(text);
    return result;
}

/* --- patterns of the plugin */

/* Returns 1 if all functions called NAME are chosen, or all in files of this TAIL unless that is NULL. */
static int is_exact_name(const struct work *work, const char *name, const char *tail)
{
    for (size_t i = 0; i < work->table->row_count; i++) {
        const struct table_row *row = &work->table->rows[i];

        if (!work->chosen[i] && row->symbol != NULL && exclude_name_matches(name, row->name, row->symbol) &&
            (tail == NULL || (row->has_source && exclude_tail_matches(tail, row->file))))
            return 0;
    }
    return 1;
}

static int is_exact_tail(const struct work *work, const char *tail, const char *file)
{
    for (size_t i = 0; i < work->table->row_count; i++) {
        const struct table_row *row = &work->table->rows[i];

        if (row->has_source && strcmp(row->file, file) != 0 && exclude_tail_matches(tail, row->file))
            return 0;
    }
    return 1;
}

/* Returns the pattern of a file: a part of the path with a slash, to be freed, or NULL without memory. */
static char *file_pattern(const struct work *work, const char *file)
{
    const char *tail = exclude_file_tail(file, 1);
    char *pattern, *whole = NULL;

    for (int count = 2; tail > file && !is_exact_tail(work, tail, file); count++)
        tail = exclude_file_tail(file, count);
    pattern = exclude_pattern(tail);
    if (pattern == NULL || strchr(pattern, '/') != NULL)
        return pattern;
    if (asprintf(&whole, "*/%s", pattern) < 0)
        whole = NULL;
    free(pattern);
    return whole;
}

/* Returns FILE:NAME with as little of the path as tells the function of ROW from others. To be freed; NULL
 * without memory. */
static char *name_in_file(const struct work *work, const struct table_row *row, const char *name)
{
    const char *tail = exclude_file_tail(row->file, 0);
    char *pattern, *whole = NULL;

    for (int count = 1; tail > row->file && !is_exact_name(work, name, tail); count++)
        tail = exclude_file_tail(row->file, count);
    pattern = exclude_pattern(tail);
    if (pattern == NULL || asprintf(&whole, "%s:%s", pattern, name) < 0)
        whole = NULL;
    free(pattern);
    return whole;
}

/* Returns 1 if the plugin knows the function of ROW by the name that stats prints: it demangles C++ alone. */
static int is_shown_name_known(const struct table_row *row)
{
    return strcmp(row->name, row->symbol) == 0 || strncmp(row->symbol, "_Z", 2) == 0;
}

/* Returns the pattern of a function: its name, if that is short and exact, else that of the linker. To be
 * freed; NULL without memory. */
static char *function_pattern(const struct work *work, const struct table_row *row)
{
    if (exclude_is_plain(row->name) && is_shown_name_known(row) && is_exact_name(work, row->name, NULL))
        return strdup(row->name);
    if (row->function != NULL && strcmp(row->function, row->symbol) != 0) /* the linker knows several */
        return exclude_pattern(row->function);
    if (!exclude_is_plain(row->symbol))
        return exclude_pattern(row->symbol);
    if (row->has_source && !is_exact_name(work, row->symbol, NULL))
        return name_in_file(work, row, row->symbol);
    return strdup(row->symbol);
}

/* --- items of gcc's lists */

static int has_part_of(const struct strings *items, const char *text)
{
    for (size_t i = 0; i < items->count; i++)
        if (strstr(text, items->items[i]) != NULL)
            return 1;
    return 0;
}

/* Returns 1 if ITEM matches functions, or their files, that are all chosen. */
static int is_exact_item(const struct work *work, const char *item, int is_file)
{
    for (size_t i = 0; i < work->table->row_count; i++) {
        const struct table_row *row = &work->table->rows[i];
        const char *text = !is_file ? row->name : row->has_source ? row->file : NULL;

        if (!work->chosen[i] && row->symbol != NULL && text != NULL && strstr(text, item) != NULL)
            return 0;
    }
    return 1;
}

static int add_mark(struct work *work, const struct table_row *row)
{
    const struct table_row **mark = ARRAY_APPEND(work->flags->marks, work->flags->mark_count);

    if (mark == NULL)
        return -1;
    *mark = row;
    return 0;
}

/* Adds an item for the function of ROW, or marks it. Returns 0, or -1 without memory. */
static int list_function(struct work *work, const struct table_row *row)
{
    char *item = exclude_function_item(row->name, row->language);

    if (item == NULL || strstr(row->name, item) == NULL || !is_exact_item(work, item, 0)) {
        free(item);
        return add_mark(work, row);
    }
    if (has_part_of(&work->flags->functions, row->name)) {
        free(item);
        return 0;
    }
    return add_text(&work->flags->functions, item);
}

#define CXX_HEADERS "/include/c++/"

/* Returns 1 if a function is known to be defined in a header of the C++ library. */
static int has_cxx_header(const struct table *table)
{
    for (size_t i = 0; i < table->row_count; i++)
        if (table->rows[i].has_source && strstr(table->rows[i].file, CXX_HEADERS) != NULL)
            return 1;
    return 0;
}

/* Adds DIRECTORY, of LENGTH bytes, unless an item is part of it. Returns 0, or -1 without memory. */
static int list_directory(struct work *work, const char *directory, size_t length)
{
    return has_part_of(&work->flags->files, directory) ? 0
                                                       : strings_add(&work->flags->files, directory, length);
}

/* Adds the directory of headers that defines the function of ROW. If the header is not known, it is one of
 * the C++ library. Returns 0, or -1 without memory. */
static int list_header(struct work *work, const struct table_row *row)
{
    static const char usr[] = "/usr/include/"; /* some headers of the C++ library are elsewhere there */
    size_t length = row->has_source ? exclude_header_directory(row->file) : 0;

    if (length > 0)
        return list_directory(work, row->file, length);
    if (has_cxx_header(work->table))
        return 0;
    return list_directory(work, CXX_HEADERS, strlen(CXX_HEADERS)) == 0
               ? list_directory(work, usr, strlen(usr))
               : -1;
}

/* Adds the functions of SUGGESTION one by one. Returns 0, or -1 without memory. */
static int list_all(struct work *work, const struct suggestion *suggestion,
                    int list(struct work *, const struct table_row *))
{
    for (size_t i = 0; i < work->table->row_count; i++)
        if (suggest_has(suggestion, &work->table->rows[i]) && list(work, &work->table->rows[i]) != 0)
            return -1;
    return 0;
}

static int list_file(struct work *work, const struct suggestion *suggestion)
{
    const char *item = exclude_file_item(suggestion->row->file);

    if (!is_exact_item(work, item, 1))
        return list_all(work, suggestion, list_function);
    return has_part_of(&work->flags->files, item) ? 0 : strings_add(&work->flags->files, item, strlen(item));
}

/* --- both */

static int add_suggestion(struct work *work, const struct suggestion *suggestion)
{
    struct strings *patterns = &work->flags->patterns;

    switch (suggestion->how) {
    case SUGGEST_HEADERS:
        return list_all(work, suggestion, list_header);
    case SUGGEST_FILE:
        return add_text(patterns, file_pattern(work, suggestion->row->file)) == 0
                   ? list_file(work, suggestion)
                   : -1;
    default:
        return add_text(patterns, function_pattern(work, suggestion->row)) == 0
                   ? list_function(work, suggestion->row)
                   : -1;
    }
}

int suggest_flags_make(struct suggest_flags *flags, const struct suggestions *suggestions)
{
    const struct table *table = suggestions->table;
    struct work work = {.table = table, .chosen = calloc(table->row_count + 1, 1), .flags = flags};
    int result = work.chosen == NULL ? -1 : 0;

    for (size_t i = 0; i < suggestions->count && result == 0; i++)
        for (size_t j = 0; j < table->row_count; j++)
            work.chosen[j] |= suggest_has(&suggestions->items[i], &table->rows[j]);
    for (size_t i = 0; i < suggestions->count && result == 0; i++)
        result = add_suggestion(&work, &suggestions->items[i]);
    free(work.chosen);
    return result;
}

void suggest_flags_free(struct suggest_flags *flags)
{
    strings_free(&flags->patterns);
    strings_free(&flags->functions);
    strings_free(&flags->files);
    free(flags->marks);
    *flags = (struct suggest_flags){0};
}
