/*
 * diff.h - compares two tables, function by function. Functions are matched loosely (match.h).
 */
#ifndef CLI_ANALYSIS_DIFF_H
#define CLI_ANALYSIS_DIFF_H

#include <stddef.h>

#include "cli/base/message.h"
#include "cli/table/rows.h"

/*
 * Whether a time has changed, or may only seem to. A change is known if it is more than twice its standard
 * error. Of many functions some differ by that although nothing has changed. So of N functions it must be
 * more than sqrt(2 ln N) times the error, which the greatest of N normal numbers rarely is (Donoho and
 * Johnstone, "Ideal Spatial Adaptation by Wavelet Shrinkage", 1994): 3.0 for 100 functions, 3.7 for 1,000.
 *
 * The error has three parts, added as squares:
 *
 *     the standard errors of both times, which the tables have
 *     a part of each time, because no run has the machine to itself in the same way
 *     DIFF_TINY of all time, so that no function matters in which next to nothing is spent
 *
 * The part is such that half of the functions lie within the quartiles of the normal distribution, as they do
 * if nothing has changed. So a change of some functions stands out, and a busy machine does not look like one
 * of most. The part is from DIFF_REPEATS, also if there are few functions, to DIFF_REPEATS_MOST.
 *
 * What is no time, as bytes and page faults, has the first part alone. Counts of calls are exact.
 */
#define DIFF_REPEATS      0.03
#define DIFF_REPEATS_MOST 0.25
#define DIFF_TINY         0.0005

struct diff_change {
    double error; /* ns: the standard error of the difference, as both times were measured */
    int is_known; /* it is beyond all error */
};

/* A function in both tables. ROW has the sizes of the changes as its figures, and the function's new name and
 * place. So lists of such rows can be sorted and restricted. ROW is the first member: a row of such a list is
 * a diff_row. */
struct diff_row {
    struct table_row row;
    const struct table_row *before; /* NULL: the function was not called before */
    const struct table_row *now;    /* NULL: it is no longer called */
    struct diff_change tottime, cumtime;
    int has_changed; /* in calls, or in one of these times */
};

struct diff {
    const struct table *before, *now;
    double errors;            /* how many of them a change must exceed */
    double repeats;           /* the part of a time that is uncertain between two runs */
    struct diff_change total; /* of the time of all functions */
    size_t changed;           /* rows that have */
    struct diff_row *rows;    /* in the order of NOW, then those that are gone */
    size_t count;
};

/* Compares two finished tables of one measure, which must outlive DIFF. Returns 0, or -1 and fills
 * MESSAGE. */
int diff_open(struct diff *diff, const struct table *before, const struct table *now,
              struct message *message);

/* Lists all rows of DIFF, which must outlive LIST. Returns 0, or -1 and fills MESSAGE. */
int diff_list(const struct diff *diff, struct table_list *list, struct message *message);

/* Puts the rows of LIST that have changed before the others. Each part keeps its order. Returns 0, or -1 and
 * fills MESSAGE. */
int diff_put_changed_first(struct table_list *list, struct message *message);

/* Frees what DIFF holds. */
void diff_close(struct diff *diff);

#endif
