/*
 * suggest.c - finds functions and files that should not be instrumented. See suggest.h.
 *
 * An item of gcc's lists matches every name that it is a part of. So a suggestion saves the cost of all
 * functions that its item matches. No item is suggested that matches a function which is not tiny: the tiny
 * ones are then marked in the source instead.
 */
#include "cli/analysis/suggest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/build/exclude_items.h"

/* A function is tiny if it takes less than this many times the cost of recording it. */
#define TINY 3.0

/* Calls. A function with fewer costs nothing to record, and is no reason to leave out its file. */
enum { OFTEN = 1000 };

/* The state of suggest_make(). */
struct search {
    struct suggestions *found;
    const struct table_row **rows; /* those whose recording cost most first */
    unsigned char *taken;          /* by row of the table: a suggestion has it */
};

static int is_tiny(double tottime, double recording)
{
    return recording > 0 && tottime < TINY * recording;
}

/* Sums over the functions that a suggestion matches and that are not taken. */
struct match {
    uint64_t calls;
    size_t functions;
    double tottime, saved;
    int all_tiny, all_often; /* of the taken functions too */
};

static int is_matched(const struct suggestion *suggestion, const struct table_row *row)
{
    switch (suggestion->how) {
    case SUGGEST_FUNCTION:
        return row->symbol != NULL && strstr(row->name, suggestion->item) != NULL;
    case SUGGEST_FILE:
        return row->has_source && strstr(row->file, suggestion->item) != NULL;
    default:
        return row == suggestion->row;
    }
}

static struct match match_find(const struct search *search, const struct suggestion *suggestion)
{
    struct match match = {.all_tiny = 1, .all_often = 1};

    for (size_t i = 0; i < search->found->table->row_count; i++) {
        const struct table_row *row = &search->found->table->rows[i];

        if (!is_matched(suggestion, row))
            continue;
        match.all_tiny &= is_tiny(row->tottime, row->recording);
        match.all_often &= row->ncalls >= OFTEN;
        if (search->taken[i])
            continue;
        match.functions++;
        match.calls += row->ncalls;
        match.tottime += row->tottime;
        match.saved += row->recording;
    }
    return match;
}

/* Adds the suggestion and takes the functions that it matches. Frees its item on failure. Returns 0, or -1
 * without memory. */
static int add(struct search *search, struct suggestion suggestion, const struct match *match)
{
    const struct table *table = search->found->table;
    struct suggestion *added = ARRAY_APPEND(search->found->items, search->found->count);

    if (added == NULL) {
        free(suggestion.item);
        return -1;
    }
    suggestion.calls = match->calls;
    suggestion.saved = match->saved;
    *added = suggestion;
    for (size_t i = 0; i < table->row_count; i++)
        search->taken[i] |= is_matched(&suggestion, &table->rows[i]);
    return 0;
}

/* Returns 1 if all functions of a file should be left out together. Headers of the system must be tiny in
 * sum. Other files must have several functions, all of them tiny and called often. */
static int is_worth_a_file(const struct match *match, int is_system)
{
    if (is_system)
        return is_tiny(match->tottime, match->saved);
    return match->all_tiny && match->all_often && match->functions > 1;
}

/* Suggests to leave out the file of ROW, if that is worth it. Returns 0, or -1 without memory. */
static int add_file(struct search *search, const struct table_row *row)
{
    struct suggestion file = {.how = SUGGEST_FILE, .row = row};
    int is_system = 0;

    if (!row->has_source)
        return 0;
    if ((file.item = exclude_file_item(row->file, &is_system)) == NULL)
        return -1;
    struct match match = match_find(search, &file);
    if (!is_worth_a_file(&match, is_system)) {
        free(file.item);
        return 0;
    }
    return add(search, file, &match);
}

/* Turns FUNCTION into an item of gcc's list, if the item matches the function and only tiny ones. */
static void prefer_item(const struct search *search, struct suggestion *function)
{
    const struct table_row *row = function->row;
    char *item = exclude_function_item(row->name, row->language);

    if (item == NULL)
        return;
    struct suggestion listed = {.how = SUGGEST_FUNCTION, .item = item, .row = row};
    if (strstr(row->name, item) != NULL && match_find(search, &listed).all_tiny)
        *function = listed;
    else
        free(item);
}

/* Suggests to leave out the function of ROW, if it is tiny. Returns 0, or -1 without memory. */
static int add_function(struct search *search, const struct table_row *row, enum compiler_kind compiler)
{
    struct suggestion function = {.how = SUGGEST_MARK, .row = row};

    if (!is_tiny(row->tottime, row->recording) || row->symbol == NULL)
        return 0;
    if (compiler == COMPILER_GCC)
        prefer_item(search, &function);
    struct match match = match_find(search, &function);
    return add(search, function, &match);
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

/* Makes the suggestions of one kind, for each row that is hot and not taken. */
static int add_kind(struct search *search, enum compiler_kind compiler, int is_files)
{
    const struct table *table = search->found->table;
    double least = table->measured * SUGGEST_SHARE;

    for (size_t i = 0; i < table->row_count && search->rows[i]->recording >= least; i++) {
        const struct table_row *row = search->rows[i];
        if (search->taken[row - table->rows])
            continue;
        if ((is_files ? add_file(search, row) : add_function(search, row, compiler)) != 0)
            return -1;
    }
    return 0;
}

/* Files go first: a file may have many functions that cost too little by themselves. */
static int add_all(struct search *search, enum compiler_kind compiler)
{
    struct suggestions *found = search->found;

    if (compiler == COMPILER_GCC && add_kind(search, compiler, 1) != 0)
        return -1;
    if (add_kind(search, compiler, 0) != 0)
        return -1;
    if (found->count > 0)
        qsort(found->items, found->count, sizeof *found->items, compare_suggestions);
    return 0;
}

static int search_run(struct search *search, enum compiler_kind compiler)
{
    const struct table *table = search->found->table;

    search->rows = reallocarray(NULL, table->row_count + 1, sizeof *search->rows);
    search->taken = calloc(table->row_count + 1, 1);
    if (search->rows == NULL || search->taken == NULL)
        return -1;
    for (size_t i = 0; i < table->row_count; i++)
        search->rows[i] = &table->rows[i];
    qsort(search->rows, table->row_count, sizeof *search->rows, compare_rows);
    return add_all(search, compiler);
}

/* Returns 0 if TABLE tells which functions are tiny, or -1 and fills MESSAGE. */
static int check(const struct table *table, struct message *message)
{
    double recording = 0;

    for (size_t i = 0; i < table->row_count; i++)
        recording += table->rows[i].recording;
    if (table->counts)
        return message_set(message, "the profile measures %s, not time: make one without --timer",
                           table->measure);
    if (table->clocks & 1U << PROFILE_READS_NONE)
        return message_set(message, "the profile has no times: make one without --clock=none");
    if (recording <= 0 && table->row_count > 0)
        return message_set(message,
                           "sums of profiles and Python's profiles do not tell what recording costs: "
                           "give the profiles of the runs");
    if (table->row_count > 0 && !(isfinite(recording) && isfinite(table->measured) && table->measured > 0))
        return message_set(message, "the times in the profile are impossible: make another profile");
    return 0;
}

int suggest_make(struct suggestions *suggestions, const struct table *table, enum compiler_kind compiler,
                 int64_t limit, struct message *message)
{
    struct search search = {.found = suggestions};

    *suggestions = (struct suggestions){.table = table};
    if (check(table, message) != 0)
        return -1;
    int result = search_run(&search, compiler);
    free(search.rows);
    free(search.taken);
    while (limit >= 0 && suggestions->count > (size_t)limit)
        free(suggestions->items[--suggestions->count].item);
    return result == 0 ? 0 : message_no_memory(message);
}

void suggest_free(struct suggestions *suggestions)
{
    for (size_t i = 0; i < suggestions->count; i++)
        free(suggestions->items[i].item);
    free(suggestions->items);
    *suggestions = (struct suggestions){0};
}
