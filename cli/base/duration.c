/*
 * duration.c - times with units. See duration.h.
 */
#include "cli/base/duration.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    double ns; /* nanoseconds */
};

static const struct unit UNITS[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};

enum { UNIT_COUNT = sizeof UNITS / sizeof *UNITS };

/* Returns the nanoseconds of the unit NAME, or 0 if there is none of that name. */
static double unit_find(const char *name)
{
    if (*name == '\0')
        return 1;
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (strcmp(name, UNITS[i].name) == 0)
            return UNITS[i].ns;
    return 0;
}

int duration_parse(double *ns, const char *text, struct message *message)
{
    char *end;
    double number = strtod(text, &end), unit;

    unit = unit_find(end + strspn(end, " "));
    if (end == text || !(number >= 0) || !isfinite(number) || unit == 0)
        return message_set(message,
                           "invalid time '%s' (use a number and a unit, ns, us, ms or s, as in 10us)", text);
    *ns = number * unit;
    return 0;
}

void duration_format(char text[DURATION_MAX], double ns)
{
    struct unit unit = {"", 1};

    for (size_t i = 0; i < UNIT_COUNT && ns >= UNITS[i].ns; i++)
        unit = UNITS[i];
    snprintf(text, DURATION_MAX, "%.10g%s", ns / unit.ns, unit.name);
}
