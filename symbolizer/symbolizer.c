/*
 * symbolizer.c - symbolizer_resolve(). See symbolizer.h.
 *
 * The lookup runs in a child. If that child fails, a second one tries again with the ELF symbols only, which
 * need no libdwarf.
 */
#include "symbolizer/symbolizer.h"
#include "symbolizer/fetch.h"
#include "symbolizer/isolation.h"
#include "symbolizer/lookup.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { CPU_SECONDS = 15, MEMORY = 1 << 30 }; /* what any lookup may take, the memory in bytes */

static void symbols_clear(struct symbol *symbols, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        symbols[i].name = NULL;
        symbols[i].file = NULL;
        symbols[i].line = 0;
        symbols[i].language = SYMBOLIZER_LANGUAGE_UNKNOWN;
    }
}

/* Runs LOOKUP in a child. Notes in MISSING the debug file that it lacks. Returns 0; 1 if the child failed; -1
 * if it could not be started. */
static int lookup_run(struct lookup *lookup, struct symbol *symbols, char **storage, char *message,
                      struct lookup_missing *missing)
{
    struct stat status;
    uint64_t size = stat(lookup->module->path, &status) == 0 ? (uint64_t)status.st_size : 0;
    struct isolation_limits limits = {.cpu_seconds = CPU_SECONDS + lookup_seconds(size),
                                      .memory =
                                          MEMORY + lookup_memory(size) + lookup_answer_limit(lookup->count),
                                      .answer = lookup_answer_limit(lookup->count)};
    void *answer = NULL;
    size_t answer_size;
    int outcome = isolation_run(lookup_work, lookup, &limits, &answer, &answer_size);

    if (outcome == 0 && lookup_decode(answer, answer_size, symbols, lookup->count, message, missing) != 0)
        outcome = 1;
    if (outcome == 0)
        *storage = answer;
    else
        free(answer);
    return outcome;
}

/* Runs LOOKUP, and again with each debug file that it lacks and a server has: the separate debug file may
 * lead to an alternate file. Returns what lookup_run() returns. */
static int lookup_run_fetching(struct lookup *lookup, struct symbol *symbols, char **storage, char *message)
{
    struct lookup_missing missing = {.build_id_size = 0};
    char separate[PATH_MAX], alternate[PATH_MAX];
    int outcome = lookup_run(lookup, symbols, storage, message, &missing);

    while (outcome == 0 && missing.build_id_size > 0 &&
           (missing.is_alternate ? lookup->alternate : lookup->separate) == NULL &&
           fetch_debug_file(missing.build_id, missing.build_id_size, lookup->module->path,
                            missing.is_alternate ? alternate : separate) == 0) {
        if (missing.is_alternate)
            lookup->alternate = alternate;
        else
            lookup->separate = separate;
        free(*storage);
        *storage = NULL;
        *message = '\0';
        symbols_clear(symbols, lookup->count);
        outcome = lookup_run(lookup, symbols, storage, message, &missing);
    }
    lookup->separate = lookup->alternate = NULL; /* which were here */
    return outcome;
}

int symbolizer_resolve(const struct symbolizer_module *module, struct symbol *symbols, size_t count,
                       char **storage, char *message)
{
    struct lookup lookup = {.module = module, .symbols = symbols, .count = count};
    struct lookup_missing missing;
    int outcome;

    *storage = NULL;
    *message = '\0';
    symbols_clear(symbols, count);
    if (count == 0)
        return 0;
    if (module->path == NULL || *module->path == '\0') {
        lookup_message(message, "", "a module has no file: its functions are shown as addresses");
        return 0;
    }
    outcome = lookup_run_fetching(&lookup, symbols, storage, message);
    if (outcome <= 0)
        goto done;
    lookup.without_dwarf = 1;
    outcome = lookup_run(&lookup, symbols, storage, message, &missing);
    if (outcome == 0 && *message == '\0')
        lookup_message(
            message, module->path,
            ": its debug information could not be read (is it damaged?): its functions lack file and line");
    if (outcome > 0)
        lookup_message(message, module->path,
                       " could not be read (is it damaged?): its functions are shown as addresses");
done:
    if (outcome < 0)
        lookup_message(message, module->path,
                       ": its functions cannot be looked up: a process for that could not be started");
    return outcome < 0 ? -1 : 0;
}
