/*
 * diff.c - compares two tables. See diff.h.
 */
#include "cli/analysis/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/table/match.h"

static const struct table_row NOTHING;

#define QUARTILE 0.6745 /* of the normal distribution, in standard errors */

enum { FEW = 8 }; /* functions, which do not tell how times scatter */

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static double square(double number)
{
    return number * number;
}

static double most_time(const struct diff *diff)
{
    return fmax(diff->before->tottime, diff->now->tottime);
}

/* Returns the change of a time from OLD to NEW, which have a VARIANCE together. */
static struct diff_change change_of(const struct diff *diff, double old, double new, double variance)
{
    double error = 0;

    if (!diff->now->counts)
        error =
            square(diff->repeats * old) + square(diff->repeats * new) + square(DIFF_TINY * most_time(diff));
    return (struct diff_change){.error = sqrt(variance),
                                .is_known = fabs(new - old) > diff->errors * sqrt(variance + error)};
}

/* Fills in what has changed. */
static void judge(struct diff *diff, struct diff_row *row)
{
    const struct table_row *old = row->before != NULL ? row->before : &NOTHING,
                           *new = row->now != NULL ? row->now : &NOTHING;

    row->tottime = change_of(diff, old->tottime, new->tottime, old->variance + new->variance);
    row->cumtime = change_of(diff, old->cumtime, new->cumtime, old->cumvariance + new->cumvariance);
    row->has_changed = old->ncalls != new->ncalls || old->pcalls != new->pcalls || row->tottime.is_known ||
                       row->cumtime.is_known;
    diff->changed += (size_t)row->has_changed;
}

/* Returns which part of its times would make the change of ROW one at the quartiles. */
static double part_of(const struct diff_row *row)
{
    const struct table_row *old = row->before, *new = row->now;
    double beyond = square((new->tottime - old->tottime) / QUARTILE) - old->variance - new->variance;

    return sqrt(fmax(beyond, 0) / (square(old->tottime) + square(new->tottime)));
}

static int compare_parts(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Fills PARTS for the functions that take a time worth mentioning. Returns their median, within bounds. */
static double find_repeats(const struct diff *diff, double *parts)
{
    size_t count = 0;

    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_row *row = &diff->rows[i];

        if (row->before != NULL && row->now != NULL &&
            fmin(row->before->tottime, row->now->tottime) > 2 * DIFF_TINY * most_time(diff))
            parts[count++] = part_of(row);
    }
    if (count < FEW)
        return DIFF_REPEATS;
    qsort(parts, count, sizeof *parts, compare_parts);
    return fmin(fmax(parts[count / 2], DIFF_REPEATS), DIFF_REPEATS_MOST);
}

/* Fills in what has changed in all rows, and in the total. Returns 0, or -1 without memory. */
static int judge_all(struct diff *diff)
{
    const struct table *before = diff->before, *now = diff->now;
    double *parts = calloc(diff->count + 1, sizeof *parts);

    if (parts == NULL)
        return -1;
    diff->errors = fmax(2, sqrt(2 * log((double)diff->count)));
    diff->repeats = find_repeats(diff, parts);
    free(parts);
    for (size_t i = 0; i < diff->count; i++)
        judge(diff, &diff->rows[i]);
    diff->total = change_of(diff, before->tottime, now->tottime, before->variance + now->variance);
    return 0;
}

/* Appends a row with the name and place of SHOWN. */
static void append(struct diff *diff, const struct table_row *shown, const struct table_row *before,
                   const struct table_row *now)
{
    struct diff_row *row = &diff->rows[diff->count++];

    *row = (struct diff_row){.row = *shown, .before = before, .now = now};
    const struct table_row *old = before != NULL ? before : &NOTHING, *new = now != NULL ? now : &NOTHING;
    row->row.ncalls = distance(old->ncalls, new->ncalls);
    row->row.pcalls = distance(old->pcalls, new->pcalls);
    row->row.tottime = fabs(new->tottime - old->tottime);
    row->row.cumtime = fabs(new->cumtime - old->cumtime);
}

/* MATCHES gives the old row of each new one. FOUND has a zeroed element for each old row. */
static void fill(struct diff *diff, const struct table_list *before, const struct table_list *now,
                 const uint32_t *matches, unsigned char *found)
{
    for (size_t i = 0; i < now->count; i++) {
        if (matches[i] == MATCH_NONE) {
            append(diff, now->rows[i], NULL, now->rows[i]);
            continue;
        }
        found[matches[i]] = 1;
        append(diff, now->rows[i], before->rows[matches[i]], now->rows[i]);
    }
    for (size_t i = 0; i < before->count; i++)
        if (!found[i])
            append(diff, before->rows[i], before->rows[i], NULL);
}

static int match(struct diff *diff, const struct table_list *before, const struct table_list *now)
{
    const struct match_rows old = {before->rows, before->count}, new = {now->rows, now->count};
    uint32_t *matches = calloc(now->count + 1, sizeof *matches);
    unsigned char *found = calloc(before->count + 1, 1);
    int result = -1;

    diff->rows = calloc(before->count + now->count + 1, sizeof *diff->rows);
    if (matches != NULL && found != NULL && diff->rows != NULL &&
        match_rows(&new, &old, MATCH_LOOSE, matches) == 0) {
        fill(diff, before, now, matches, found);
        result = judge_all(diff);
    }
    free(matches);
    free(found);
    return result;
}

int diff_open(struct diff *diff, const struct table *before, const struct table *now, struct message *message)
{
    struct table_list old = {0}, new = {0};
    int result = -1;

    *diff = (struct diff){.before = before, .now = now};
    if (table_list(before, &old, message) == 0 && table_list(now, &new, message) == 0)
        result = match(diff, &old, &new);
    table_list_free(&old);
    table_list_free(&new);
    return result == 0 ? 0 : message_no_memory(message);
}

int diff_list(const struct diff *diff, struct table_list *list, struct message *message)
{
    return table_list_structs(list, diff->rows, diff->count, sizeof *diff->rows, message);
}

static int has_changed(const struct table_row *row)
{
    return ((const struct diff_row *)row)->has_changed;
}

int diff_put_changed_first(struct table_list *list, struct message *message)
{
    const struct table_row **rest = reallocarray(NULL, list->count + 1, sizeof *rest);
    size_t changed = 0, unchanged = 0;

    if (rest == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < list->count; i++)
        if (has_changed(list->rows[i]))
            list->rows[changed++] = list->rows[i];
        else
            rest[unchanged++] = list->rows[i];
    memcpy(list->rows + changed, rest, unchanged * sizeof *rest);
    free(rest);
    return 0;
}

void diff_close(struct diff *diff)
{
    free(diff->rows);
    *diff = (struct diff){0};
}
