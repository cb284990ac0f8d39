/*
 * restrict.h - shortens a list of rows as pstats does: by a count, a fraction, or a regular expression.
 *
 *     20        keep the first 20
 *     0.1       keep the first tenth (a decimal number from 0 to 1 with a point or an exponent)
 *     draw_     keep the rows whose printed file:line(name) has a match (PCRE2, anywhere in it)
 *
 * A count beyond the list, or below 0, does nothing. What each one changed is added to the list's reductions,
 * in the words of pstats.
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
    RESTRICTION_INVALID /* a bad regular expression, where that is no error */
};

struct restriction {
    enum restriction_kind kind;
    int64_t count;
    double fraction;
    char *text; /* of the regular expression; owned */
    struct regex regex;
};

/* A zeroed list is empty. They apply in the order in which they were added. */
struct restrictions {
    struct restriction *items;
    size_t count;
    int as_pstats; /* set before any is added: what is out of range or no expression does nothing, and says so
                    */
};

/* Adds the restriction that TEXT says. Returns -1 with PCRE2's message and place if it is no regular
 * expression. */
int restrict_add(struct restrictions *restrictions, const char *text, struct message *message);

/* Adds a count. */
int restrict_add_count(struct restrictions *restrictions, int64_t count, struct message *message);

/* Takes out the last one. */
void restrict_drop(struct restrictions *restrictions);

/* Applies them all. Returns -1 if a regular expression takes too long, or there is no memory. */
int restrict_apply(const struct restrictions *restrictions, struct table_list *list, struct message *message);

/* Prints TEXT as Python's repr of a string. */
void restrict_print_quoted(FILE *stream, const char *text);

/* Frees what they hold; a zeroed list is fine. */
void restrict_free(struct restrictions *restrictions);

#endif
