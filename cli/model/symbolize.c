/*
 * symbolize.c - asks the symbolizer for the names of functions, a module at a time. See symbolize.h.
 */
#include "cli/model/symbolize.h"

#include <stdlib.h>
#include <string.h>

#include "symbolizer/symbolizer.h"

/* Copies TEXT into PROFILE. Returns NULL for NULL; and without memory, which sets FAILED. */
static const char *keep(struct profile *profile, const char *text, int *failed)
{
    const char *copy = text != NULL ? profile_string(profile, text, strlen(text)) : NULL;

    *failed |= text != NULL && copy == NULL;
    return copy;
}

/* Fills SYMBOLS with the addresses of the module's functions. Returns their number. */
static size_t collect(const struct profile *profile, uint32_t module, struct symbol *symbols)
{
    size_t count = 0;

    for (size_t i = 0; i < profile->function_count; i++)
        if (profile->functions[i].module == module)
            symbols[count++].address = profile->functions[i].offset;
    return count;
}

/* Gives the names in SYMBOLS to the functions that collect() took, in its order. */
static int distribute(struct profile *profile, uint32_t module, const struct symbol *symbols)
{
    int failed = 0;

    for (size_t i = 0; i < profile->function_count; i++) {
        struct profile_function *function = &profile->functions[i];

        if (function->module != module)
            continue;
        function->name = keep(profile, symbols->name, &failed);
        function->file = keep(profile, symbols->file, &failed);
        function->line = symbols->line;
        function->language = symbols->language;
        symbols++;
    }
    return failed ? -1 : 0;
}

static int symbolize_module(struct profile *profile, uint32_t module, struct symbol *symbols)
{
    char warning[SYMBOLIZER_MESSAGE_MAX];
    char *storage = NULL;
    size_t count = collect(profile, module, symbols);
    int result = 0;

    if (count > 0) {
        warning[0] = '\0';
        if (symbolizer_resolve(&profile->modules[module].file, symbols, count, &storage, warning) == 0)
            result = distribute(profile, module, symbols);
        if (warning[0] != '\0')
            profile_warn(profile, warning);
        free(storage);
    }
    profile->modules[module].symbolized = 1;
    return result;
}

int profile_symbolize(struct profile *profile, struct message *message)
{
    struct symbol *symbols = calloc(profile->function_count + 1, sizeof *symbols);
    int failed = symbols == NULL;

    for (uint32_t module = 0; !failed && module < profile->module_count; module++)
        if (!profile->modules[module].symbolized)
            failed = symbolize_module(profile, module, symbols) != 0;
    free(symbols);
    return failed ? message_set(message, "out of memory while looking up function names") : 0;
}
