/*
 * duration.h - times as a user writes and reads them: a number and a unit.
 */
#ifndef CLI_BASE_DURATION_H
#define CLI_BASE_DURATION_H

#include "cli/base/message.h"

enum { DURATION_MAX = 64 /* room for the text of any time */ };

/* Fills NS with the nanoseconds that TEXT says, as "10us", "1.5 ms", or "7": a number without a unit has
 * nanoseconds. Returns 0, or -1 and fills MESSAGE. */
int duration_parse(double *ns, const char *text, struct message *message);

/* Writes NS nanoseconds as duration_parse() reads them, in the largest unit that is not longer. Less than a
 * nanosecond gets no unit. */
void duration_format(char text[DURATION_MAX], double ns);

#endif
