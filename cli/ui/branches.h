/*
 * branches.h - draws the lines of a tree in front of names.
 *
 *     top                                      top
 *     ├─first                                  |-first
 *     │ └─below it                             | `-below it
 *     └─last                                   `-last
 */
#ifndef CLI_UI_BRANCHES_H
#define CLI_UI_BRANCHES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Below this level a number stands in place of lines, so that the length of a line is bounded. */
enum { BRANCHES_LEVELS = 32 };

/* Zero it before the first name, and set UTF8 for box characters. */
struct branches {
    int utf8;
    unsigned char goes_on[BRANCHES_LEVELS + 1]; /* by level: a sibling follows */
};

/* Returns 1 if the user's locale has box characters. */
int branches_locale_is_utf8(void);

/* Returns how many columns branches_draw() takes for LEVEL. */
size_t branches_width(uint32_t level);

/* Draws the lines in front of the next name. LEVEL is its depth, from 0. IS_LAST tells that no sibling
 * follows. */
void branches_draw(FILE *stream, struct branches *branches, uint32_t level, int is_last);

#endif
