/*
 * branches.h - the lines that show in front of a name what it belongs to.
 *
 *     top                                      top
 *     ├─first                                  |-first
 *     │ └─below it                             | `-below it
 *     └─last                                   `-last
 */
#ifndef CLI_UI_BRANCHES_H
#define CLI_UI_BRANCHES_H

#include <stdint.h>
#include <stdio.h>

/* Deeper than this the level is said, not drawn, so that a line's length is bounded. */
enum { BRANCHES_LEVELS = 32 };

/* Zeroed, nothing has been drawn; UTF8 may be set for box characters. */
struct branches {
    int utf8;
    unsigned char goes_on[BRANCHES_LEVELS + 1]; /* by level: there are siblings yet to come */
};

/* Can box characters be shown in the user's locale? */
int branches_locale_is_utf8(void);

/* Draws the lines for the next name, which stands at LEVEL, 0 being the top; IS_LAST of its siblings. */
void branches_draw(FILE *stream, struct branches *branches, uint32_t level, int is_last);

#endif
