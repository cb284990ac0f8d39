/*
 * model.c - owns the memory of a profile: its strings, and its end.
 */
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

struct profile_string {
    struct profile_string *next;
    char text[];
};

const char *profile_string(struct profile *profile, const char *text, size_t length)
{
    struct profile_string *string = malloc(sizeof *string + length + 1);

    if (string == NULL)
        return NULL;
    if (length > 0)
        memcpy(string->text, text, length);
    string->text[length] = '\0';
    string->next = profile->strings;
    profile->strings = string;
    return string->text;
}

void profile_warn(struct profile *profile, const char *text)
{
    const char *copy = profile_string(profile, text, strlen(text));
    const char **warning = copy != NULL ? ARRAY_APPEND(profile->warnings, profile->warning_count) : NULL;

    if (warning != NULL)
        *warning = copy;
}

double profile_tick_ns(const struct profile *profile, const struct profile_thread *thread)
{
    double tick = profile->processes[thread->process].tick_ns;

    return isfinite(tick) && tick > 0 ? tick : 0;
}

void profile_free(struct profile *profile)
{
    struct profile_string *next;

    free(profile->processes);
    free(profile->threads);
    free(profile->modules);
    free(profile->functions);
    free(profile->records);
    free(profile->edges);
    free(profile->warnings);
    for (struct profile_string *string = profile->strings; string != NULL; string = next) {
        next = string->next;
        free(string);
    }
    memset(profile, 0, sizeof *profile);
}
