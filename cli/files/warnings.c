/*
 * warnings.c - the lines about what could not be loaded. See warnings.h.
 */
#include "cli/files/warnings.h"

#include "cli/base/message.h"

/* Returns 1 if TEXT is new. Without memory that is unknown, and TEXT is rather printed twice. */
static int is_new(struct warnings *warnings, const char *text)
{
    size_t before = warnings->printed.count;

    return intern_string(&warnings->printed, text) == NULL || warnings->printed.count > before;
}

void warnings_print(struct warnings *warnings, const struct profile *profile)
{
    struct message shown;

    for (size_t i = 0; i < profile->warning_count; i++) {
        if (!is_new(warnings, profile->warnings[i]))
            continue;
        message_set(&shown, "%s", profile->warnings[i]);
        fprintf(warnings->stream, "stats: %s\n", shown.text);
    }
}

void warnings_free(struct warnings *warnings)
{
    intern_free(&warnings->printed);
}
