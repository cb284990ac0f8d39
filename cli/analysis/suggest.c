/*
 * suggest.c - finds functions and files that should not be instrumented. See suggest.h.
 */
#include "cli/analysis/suggest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analysis/markable.h"
#include "cli/base/array.h"
#include "cli/base/count.h"

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

static int is_tiny(const struct table_row *row)
{
    return row->recording > 0 && row->tottime < TINY * row->recording;
}

int suggest_has(const struct suggestion *suggestion, const struct table_row *row)
{
    switch (suggestion->how) {
    case SUGGEST_FILE:
        return row->has_source && strcmp(row->file, suggestion->row->file) == 0 &&
               markable_of(row) == MARKABLE_ALONE;
    case SUGGEST_HEADERS:
        return markable_of(row) == MARKABLE_HEADERS;
    default:
        return row == suggestion->row;
    }
}

/* The functions of a suggestion. */
struct sum {
    int all_tiny, all_often;
};

/* Fills in the figures of SUGGESTION, and returns more of its functions. */
static struct sum sum_up(const struct table *table, struct suggestion *suggestion)
{
    struct sum sum = {.all_tiny = 1, .all_often = 1};

    for (size_t i = 0; i < table->row_count; i++) {
        const struct table_row *row = &table->rows[i];

        if (!suggest_has(suggestion, row))
            continue;
        suggestion->functions++;
        count_add(&suggestion->calls, row->ncalls);
        suggestion->saved += row->recording;
        sum.all_tiny &= is_tiny(row);
        sum.all_often &= row->ncalls >= OFTEN;
    }
    return sum;
}

/* Adds SUGGESTION and takes its functions. Returns 0, or -1 without memory. */
static int add(struct search *search, const struct suggestion *suggestion)
{
    const struct table *table = search->found->table;
    struct suggestion *added = ARRAY_APPEND(search->found->items, search->found->count);

    if (added == NULL)
        return -1;
    *added = *suggestion;
    for (size_t i = 0; i < table->row_count; i++)
        search->taken[i] |= suggest_has(suggestion, &table->rows[i]);
    return 0;
}

/* Suggests to leave out the headers of the system, if they cost enough together. Returns 0, or -1 without
 * memory. */
static int add_headers(struct search *search)
{
    const struct table *table = search->found->table;
    struct suggestion *headers = &search->found->headers;

    headers->how = SUGGEST_HEADERS;
    sum_up(table, headers);
    if (headers->functions == 0 || headers->saved < table->measured * SUGGEST_SHARE)
        return 0;
    return add(search, headers);
}

/* Suggests to leave out the file of ROW, if it has several functions, all of them tiny and called often.
 * Returns 0, or -1 without memory. */
static int add_file(struct search *search, const struct table_row *row)
{
    struct suggestion file = {.how = SUGGEST_FILE, .row = row};

    if (!row->has_source)
        return 0;
    struct sum sum = sum_up(search->found->table, &file);
    return sum.all_tiny && sum.all_often && file.functions > 1 ? add(search, &file) : 0;
}

/* Suggests to leave out the function of ROW, if it is tiny. Returns 0, or -1 without memory. */
static int add_function(struct search *search, const struct table_row *row)
{
    struct suggestion function = {.how = SUGGEST_FUNCTION, .row = row};

    if (!is_tiny(row))
        return 0;
    sum_up(search->found->table, &function);
    return add(search, &function);
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

/* Makes suggestions by ADD_ROW, for each function that is hot, not taken and the user's own. Returns 0, or -1
 * without memory. */
static int add_hot(struct search *search, int add_row(struct search *, const struct table_row *))
{
    const struct table *table = search->found->table;
    double least = table->measured * SUGGEST_SHARE;

    for (size_t i = 0; i < table->row_count && search->rows[i]->recording >= least; i++) {
        const struct table_row *row = search->rows[i];
        if (!search->taken[row - table->rows] && markable_of(row) == MARKABLE_ALONE &&
            add_row(search, row) != 0)
            return -1;
    }
    return 0;
}

/* Files go before functions: a file may have many functions that cost too little by themselves. */
static int add_all(struct search *search, enum compiler_kind compiler)
{
    struct suggestions *found = search->found;

    if (add_headers(search) != 0 || (compiler == COMPILER_GCC && add_hot(search, add_file) != 0) ||
        add_hot(search, add_function) != 0)
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
    if (limit >= 0 && suggestions->count > (size_t)limit)
        suggestions->count = (size_t)limit;
    return result == 0 ? 0 : message_no_memory(message);
}

void suggest_free(struct suggestions *suggestions)
{
    free(suggestions->items);
    *suggestions = (struct suggestions){0};
}
