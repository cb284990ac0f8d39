/*
 * match.c - finds rows in another table. See match.h.
 */
#include "cli/table/match.h"

#include <stdlib.h>
#include <string.h>

typedef int compare_function(const struct table_row *a, const struct table_row *b);

/* A row that has no match yet. */
struct candidate {
    const struct table_row *row;
    compare_function *compare;
    uint32_t index;
};

/* Returns the linkage name, which tells overloads apart, or else the printed name. */
static const char *function_of(const struct table_row *row)
{
    return row->function != NULL ? row->function : row->name;
}

static const char *base_of(const struct table_row *row)
{
    const char *slash = strrchr(row->file, '/');

    return slash == NULL ? row->file : slash + 1;
}

static int compare_bases(const struct table_row *a, const struct table_row *b)
{
    int order = strcmp(function_of(a), function_of(b));

    return order != 0 ? order : strcmp(base_of(a), base_of(b));
}

static int compare_files(const struct table_row *a, const struct table_row *b)
{
    int order = strcmp(function_of(a), function_of(b));

    return order != 0 ? order : strcmp(a->file, b->file);
}

static int compare_lines(const struct table_row *a, const struct table_row *b)
{
    int order = compare_files(a, b);

    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int compare_places(const struct table_row *a, const struct table_row *b)
{
    int order = compare_lines(a, b);

    return order != 0 ? order : strcmp(a->module, b->module);
}

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    int order = a->compare(a->row, b->row);

    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* Fills CANDIDATES with the rows for which TAKEN is MATCH_NONE, and sorts them. Returns their number. */
static size_t collect(const struct match_rows *rows, const uint32_t *taken, compare_function *compare,
                      struct candidate *candidates)
{
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++)
        if (taken[i] == MATCH_NONE)
            candidates[count++] =
                (struct candidate){.row = rows->rows[i], .compare = compare, .index = (uint32_t)i};
    if (count > 0)
        qsort(candidates, count, sizeof *candidates, compare_candidates);
    return count;
}

/* Goes along both sorted lists, and matches equal rows. */
static void join(const struct candidate *a, size_t a_count, const struct candidate *b, size_t b_count,
                 uint32_t *a_taken, uint32_t *b_taken)
{
    size_t i = 0, j = 0;

    while (i < a_count && j < b_count) {
        int order = a[i].compare(a[i].row, b[j].row);
        if (order == 0) {
            a_taken[a[i].index] = b[j].index;
            b_taken[b[j].index] = a[i].index;
        }
        i += order <= 0;
        j += order >= 0;
    }
}

/* Matches rows by one comparison after another. MATCHES and TAKEN hold MATCH_NONE for all rows. CANDIDATES
 * has room for the rows of both sides. */
static void run_passes(const struct match_rows *a, const struct match_rows *b, enum match_kind kind,
                       struct candidate *candidates, uint32_t *matches, uint32_t *taken)
{
    static compare_function *const passes[] = {compare_places, compare_lines, compare_files, compare_bases};

    for (size_t pass = 0; pass < (kind == MATCH_EXACT ? 2 : 4); pass++) {
        size_t a_count = collect(a, matches, passes[pass], candidates);
        size_t b_count = collect(b, taken, passes[pass], candidates + a_count);
        join(candidates, a_count, candidates + a_count, b_count, matches, taken);
    }
}

int match_rows(const struct match_rows *a, const struct match_rows *b, enum match_kind kind,
               uint32_t *matches)
{
    struct candidate *candidates = calloc(a->count + b->count + 1, sizeof *candidates);
    uint32_t *taken = calloc(b->count + 1, sizeof *taken);
    int result = -1;

    if (candidates != NULL && taken != NULL) {
        memset(matches, 0xff, a->count * sizeof *matches); /* MATCH_NONE */
        memset(taken, 0xff, b->count * sizeof *taken);
        run_passes(a, b, kind, candidates, matches, taken);
        result = 0;
    }
    free(candidates);
    free(taken);
    return result;
}
