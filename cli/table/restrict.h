/*
 * restrict.h - shortens a list of rows as pstats does: by a count, a fraction, or a regular expression.
 *
 *     20        keep the first 20
 *     0.1       keep the first tenth (a decimal number from 0 to 1 with a point or an exponent)
 *     draw_     keep the rows whose printed file:line(name) has a match (PCRE2, anywhere in it)
 *
 * A count beyond the list, or below 0, does nothing. The list's reductions get a line for each restriction
 * that changed it, in the words of pstats.
 */
#ifndef CLI_TABLE_RESTRICT_H
#define CLI_TABLE_RESTRICT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/base/message.h"
#include "cli/base/regex.h"
#include "cli/table/rows.h"

enum restriction_kind {
    RESTRICTION_COUNT,
    RESTRICTION_FRACTION,
    RESTRICTION_REGEX,
    RESTRICTION_INVALID /* a bad regular expression, which pstats does not refuse */
};

struct restriction {
    enum restriction_kind kind;
    int64_t count;
    double fraction;
    char *text; /* of the regular expression; owned */
    struct regex regex;
};

/* A zeroed struct has no restrictions. They apply in the order in which they were added. */
struct restrictions {
    struct restriction *items;
    size_t count;
    int as_pstats; /* set before any is added: invalid restrictions do nothing; the report names bad
                      expressions */
};

/* Adds the restriction TEXT. Returns 0, or -1 and fills MESSAGE, with PCRE2's reason and place for a bad
 * regular expression. */
int restrict_add(struct restrictions *restrictions, const char *text, struct message *message);

/* Adds a count. Returns 0, or -1 and fills MESSAGE. */
int restrict_add_count(struct restrictions *restrictions, int64_t count, struct message *message);

/* Removes the restriction that was added last. */
void restrict_drop(struct restrictions *restrictions);

/* Applies all restrictions to LIST. Returns 0, or -1 and fills MESSAGE, also if a regular expression takes
 * too long. */
int restrict_apply(const struct restrictions *restrictions, struct table_list *list, struct message *message);

/* Prints TEXT as Python's repr() prints a string. */
void restrict_print_quoted(FILE *stream, const char *text);

/* Frees what RESTRICTIONS hold. */
void restrict_free(struct restrictions *restrictions);

#endif
