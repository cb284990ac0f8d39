/*
 * suggest.c - see suggest.h.
 *
 * An item of gcc's lists leaves out all that it is a part of. So what a suggestion saves is that of all
 * functions it matches, and one that matches any that are not tiny is not made: they are marked in the source
 * instead.
 */
#include "cli/analysis/suggest.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/text.h"
#include "cli/build/exclude_items.h"
#include "cli/report/text_table.h"

#define FUNCTION_LIST "-finstrument-functions-exclude-function-list"
#define FILE_LIST     "-finstrument-functions-exclude-file-list"
#define MARK          "__attribute__((no_instrument_function))"

/* A function is tiny if it takes less than this many times the cost of recording it. */
#define TINY 3.0

/* What is called less often is free to record: no file goes for it. */
enum { OFTEN = 1000 };

enum how { HOW_FUNCTION, HOW_FILE, HOW_MARK };

struct suggestion {
    enum how how;
    char *item;                  /* of gcc's list; NULL if functions are marked */
    const struct table_row *row; /* the function to be marked, or one that ITEM matches */
    uint64_t calls;
    double saved; /* ns */
};

struct suggestions {
    const struct table *table;
    struct suggestion *items;
    size_t count;
    const struct table_row **rows; /* those that cost most first */
    unsigned char *taken;          /* by row of the table: a suggestion has it */
};

static int is_tiny(double tottime, double recording)
{
    return recording > 0 && tottime < TINY * recording;
}

/* The functions that a suggestion matches, and are not taken. */
struct match {
    uint64_t calls;
    size_t functions;
    double tottime, saved;
    int all_tiny, all_often; /* also those that are taken */
};

static int is_matched(const struct suggestion *suggestion, const struct table_row *row)
{
    switch (suggestion->how) {
    case HOW_FUNCTION:
        return row->symbol != NULL && strstr(row->name, suggestion->item) != NULL;
    case HOW_FILE:
        return row->has_source && strstr(row->file, suggestion->item) != NULL;
    default:
        return row == suggestion->row;
    }
}

static struct match match_find(const struct suggestions *suggestions, const struct suggestion *suggestion)
{
    struct match match = {.all_tiny = 1, .all_often = 1};

    for (size_t i = 0; i < suggestions->table->row_count; i++) {
        const struct table_row *row = &suggestions->table->rows[i];

        if (!is_matched(suggestion, row))
            continue;
        match.all_tiny &= is_tiny(row->tottime, row->recording);
        match.all_often &= row->ncalls >= OFTEN;
        if (suggestions->taken[i])
            continue;
        match.functions++;
        match.calls += row->ncalls;
        match.tottime += row->tottime;
        match.saved += row->recording;
    }
    return match;
}

/* Adds the suggestion, which then owns its item, and takes what it matches. */
static int add(struct suggestions *suggestions, struct suggestion suggestion, const struct match *match)
{
    struct suggestion *added = ARRAY_APPEND(suggestions->items, suggestions->count);

    if (added == NULL)
        return -1;
    suggestion.calls = match->calls;
    suggestion.saved = match->saved;
    *added = suggestion;
    for (size_t i = 0; i < suggestions->table->row_count; i++)
        suggestions->taken[i] |= is_matched(&suggestion, &suggestions->table->rows[i]);
    return 0;
}

/* All of a file, if that are several functions, all of them tiny and called often; of the system's headers,
 * if they are together. Returns 1 if it has been added. */
static int add_file(struct suggestions *suggestions, const struct table_row *row)
{
    struct suggestion file = {.how = HOW_FILE, .row = row};
    struct match match;
    int is_system = 0, fits, result;

    if (!row->has_source)
        return 0;
    if ((file.item = exclude_file_item(row->file, &is_system)) == NULL)
        return -1;
    match = match_find(suggestions, &file);
    fits = is_system ? is_tiny(match.tottime, match.saved)
                     : match.all_tiny && match.all_often && match.functions > 1;
    result = fits ? add(suggestions, file, &match) : 0;
    if (!fits || result != 0)
        free(file.item);
    return result != 0 ? -1 : fits;
}

static int add_function(struct suggestions *suggestions, const struct table_row *row,
                        enum compiler_kind compiler)
{
    struct suggestion function = {.how = HOW_MARK, .row = row};
    struct match match;
    int result;

    if (!is_tiny(row->tottime, row->recording) || row->symbol == NULL)
        return 0;
    if (compiler == COMPILER_GCC &&
        (function.item = exclude_function_item(row->name, row->language)) != NULL) {
        function.how = HOW_FUNCTION;
        match = match_find(suggestions, &function);
        if (!match.all_tiny || strstr(row->name, function.item) == NULL) {
            free(function.item);
            function.item = NULL;
            function.how = HOW_MARK;
        }
    }
    if (function.how == HOW_MARK)
        match = match_find(suggestions, &function);
    result = add(suggestions, function, &match);
    if (result != 0)
        free(function.item);
    return result;
}

static int compare_rows(const void *left, const void *right)
{
    const struct table_row *a = *(const struct table_row *const *)left;
    const struct table_row *b = *(const struct table_row *const *)right;

    if (a->recording != b->recording)
        return a->recording < b->recording ? 1 : -1;
    return (a > b) - (a < b); /* they are in one array */
}

static int compare_suggestions(const void *left, const void *right)
{
    const struct suggestion *a = left, *b = right;

    if (a->saved != b->saved)
        return a->saved < b->saved ? 1 : -1;
    return (a->row > b->row) - (a->row < b->row);
}

/* Functions that cost too little by themselves may be many in a file. */
static int add_all(struct suggestions *suggestions, enum compiler_kind compiler)
{
    const struct table *table = suggestions->table;
    double least = table->measured * SUGGEST_SHARE;

    for (int files = compiler == COMPILER_GCC; files >= 0; files--)
        for (size_t i = 0; i < table->row_count && suggestions->rows[i]->recording >= least; i++) {
            const struct table_row *row = suggestions->rows[i];

            if (suggestions->taken[row - table->rows])
                continue;
            if ((files ? add_file(suggestions, row) : add_function(suggestions, row, compiler)) < 0)
                return -1;
        }
    if (suggestions->count > 0)
        qsort(suggestions->items, suggestions->count, sizeof *suggestions->items, compare_suggestions);
    return 0;
}

static int suggestions_make(struct suggestions *suggestions, enum compiler_kind compiler)
{
    size_t count = suggestions->table->row_count;

    suggestions->rows = reallocarray(NULL, count + 1, sizeof *suggestions->rows);
    suggestions->taken = calloc(count + 1, 1);
    if (suggestions->rows == NULL || suggestions->taken == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        suggestions->rows[i] = &suggestions->table->rows[i];
    qsort(suggestions->rows, count, sizeof *suggestions->rows, compare_rows);
    return add_all(suggestions, compiler);
}

static void suggestions_free(struct suggestions *suggestions)
{
    for (size_t i = 0; i < suggestions->count; i++)
        free(suggestions->items[i].item);
    free(suggestions->items);
    free(suggestions->rows);
    free(suggestions->taken);
}

/* ---- printing ---- */

static void print_saved(FILE *stream, const struct suggestions *suggestions, double saved, uint64_t calls)
{
    char time[REPORT_TIME_MAX];

    report_time(time, saved, REPORT_UNIT_MS);
    fprintf(stream, "%12s %6.1f%% %12" PRIu64 "  ", time, 100 * saved / suggestions->table->measured, calls);
}

static void print_suggestion(FILE *stream, const struct suggestion *suggestion)
{
    const char *item = suggestion->item;

    if (suggestion->how == HOW_MARK) {
        fputs(MARK " ", stream);
        text_print(stream, suggestion->row->text);
    } else {
        compiler_print_list_flag(stream, suggestion->how == HOW_FILE ? FILE_LIST : FUNCTION_LIST, &item, 1);
    }
    fputc('\n', stream);
}

/* One flag with the items of all suggestions of a kind. -1 without memory. */
static int print_list(FILE *stream, const struct suggestions *suggestions, enum how how, const char *flag)
{
    const char **items = reallocarray(NULL, suggestions->count, sizeof *items);
    size_t count = 0;

    if (items == NULL)
        return -1;
    for (size_t i = 0; i < suggestions->count; i++)
        if (suggestions->items[i].how == how)
            items[count++] = suggestions->items[i].item;
    if (count > 0) {
        compiler_print_list_flag(stream, flag, items, count);
        fputc('\n', stream);
    }
    free(items);
    return 0;
}

static int print_all(FILE *stream, const struct suggestions *suggestions)
{
    double saved = 0;
    uint64_t calls = 0;

    fprintf(stream, "%12s %7s %12s  %s\n", "saves", "%", "ncalls", "by");
    for (size_t i = 0; i < suggestions->count; i++) {
        const struct suggestion *suggestion = &suggestions->items[i];

        print_saved(stream, suggestions, suggestion->saved, suggestion->calls);
        print_suggestion(stream, suggestion);
        saved += suggestion->saved;
        calls += suggestion->calls;
    }
    print_saved(stream, suggestions, saved, calls);
    fputs("together\n\n", stream);
    return print_list(stream, suggestions, HOW_FUNCTION, FUNCTION_LIST) != 0 ||
                   print_list(stream, suggestions, HOW_FILE, FILE_LIST) != 0
               ? -1
               : 0;
}

/* Is it known what is tiny? */
static int check(const struct table *table, struct message *message)
{
    double recording = 0;

    for (size_t i = 0; i < table->row_count; i++)
        recording += table->rows[i].recording;
    if (table->counts)
        return message_set(message, "what is saved is time, and the profile has %s: make one without --timer",
                           table->measure);
    if (table->clocks & 1U << PROFILE_READS_NONE)
        return message_set(message, "the profile has no times: make one without --clock=none");
    if (recording <= 0 && table->row_count > 0)
        return message_set(message, "the profile does not say what recording costs, as sums of profiles and "
                                    "Python's do not: give the profiles of the runs");
    if (table->row_count > 0 && !(isfinite(recording) && isfinite(table->measured) && table->measured > 0))
        return message_set(message, "the profile has no times that can be true: make another");
    return 0;
}

int suggest_print(FILE *stream, const struct table *table, enum compiler_kind compiler, int64_t limit,
                  struct message *message)
{
    struct suggestions suggestions = {.table = table};
    int result = check(table, message);

    if (result == 0 && suggestions_make(&suggestions, compiler) != 0)
        result = message_no_memory(message);
    while (limit >= 0 && suggestions.count > (size_t)limit)
        free(suggestions.items[--suggestions.count].item);
    if (result == 0 && suggestions.count == 0)
        fputs("No function is both tiny and hot: there is nothing to leave out.\n", stream);
    else if (result == 0 && print_all(stream, &suggestions) != 0)
        result = message_no_memory(message);
    if (result == 0 && compiler == COMPILER_CLANG && suggestions.count > 0)
        fputs("-finstrument-functions-after-inlining leaves out those that clang inlines.\n", stream);
    suggestions_free(&suggestions);
    return result;
}
