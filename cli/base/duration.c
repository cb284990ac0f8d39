/*
 * duration.c - times with units. See duration.h.
 */
#include "cli/base/duration.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct duration_unit duration_units[DURATION_UNITS] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};

/* Returns the nanoseconds of the unit NAME, or 0 if there is none of that name. */
static double unit_find(const char *name)
{
    if (*name == '\0')
        return 1;
    for (size_t i = 0; i < DURATION_UNITS; i++)
        if (strcmp(name, duration_units[i].name) == 0)
            return duration_units[i].ns;
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
    struct duration_unit unit = {"", 1};

    for (size_t i = 0; i < DURATION_UNITS && ns >= duration_units[i].ns; i++)
        unit = duration_units[i];
    snprintf(text, DURATION_MAX, "%.10g%s", ns / unit.ns, unit.name);
}
