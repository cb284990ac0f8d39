/*
 * export.c - the table of formats, and the way from the files to one of them. See export.h.
 */
#include "cli/export/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/interrupt.h"
#include "cli/base/nearest.h"
#include "cli/base/output.h"
#include "cli/export/exporters.h"
#include "cli/ui/option_values.h"

static const struct exporter EXPORTERS[] = {
    {"callgrind", ".callgrind callgrind.out*", EXPORT_NEEDS_CONTEXTS,
     "callgrind's format is a graph of functions: calling contexts are summed up by caller and callee",
     export_callgrind},
    {"csv", ".csv", 0, NULL, export_csv},
    {"firefox", ".firefox.json", EXPORT_NEEDS_CONTEXTS | EXPORT_HAS_THREADS | EXPORT_HAS_WEIGHT,
     "firefox holds one figure of each context, on a timeline, which is made up: --weight chooses which "
     "figure",
     export_firefox},
    {"folded", ".folded", EXPORT_NEEDS_CONTEXTS | EXPORT_HAS_WEIGHT,
     "folded holds one figure of each context, and no files and lines: --weight chooses which figure",
     export_folded},
    {"html", ".html .htm", EXPORT_TAKES_CONTEXTS | EXPORT_HAS_THREADS | EXPORT_HAS_EDGES, NULL, export_html},
    {"json", ".json", EXPORT_TAKES_CONTEXTS | EXPORT_HAS_THREADS | EXPORT_HAS_EDGES, NULL, export_json},
    {"pprof", ".pprof .pb.gz", EXPORT_NEEDS_CONTEXTS | EXPORT_HAS_THREADS | EXPORT_IS_BINARY, NULL,
     export_pprof},
    {"prof", ".prof", EXPORT_IS_SUM | EXPORT_IS_DICTIONARY | EXPORT_HAS_EDGES | EXPORT_IS_BINARY, NULL,
     export_prof},
    {"pstats", ".pstats", EXPORT_IS_DICTIONARY | EXPORT_HAS_EDGES | EXPORT_IS_BINARY, NULL, export_pstats},
    {"speedscope", ".speedscope .speedscope.json", EXPORT_NEEDS_CONTEXTS,
     "speedscope holds a timeline, which is made up: contexts stand in the order in which they were first "
     "met",
     export_speedscope},
};

enum { EXPORTER_COUNT = sizeof EXPORTERS / sizeof *EXPORTERS, WORD_MAX = 32 };

const struct exporter *exporter_named(const char *name, struct message *message)
{
    char meant[WORD_MAX], list[MESSAGE_MAX];

    for (size_t i = 0; i < EXPORTER_COUNT; i++)
        if (strcmp(EXPORTERS[i].name, name) == 0)
            return &EXPORTERS[i];
    option_list(list, EXPORT_FORMATS, "");
    if (nearest_word(meant, sizeof meant, name, EXPORT_FORMATS))
        message_set(message, "unknown format '%s': did you mean %s? (there are %s)", name, meant, list);
    else
        message_set(message, "unknown format '%s' (use %s)", name, list);
    return NULL;
}

/* Returns 1 if NAME ends with the SPAN chars at ENDING, or begins with them if a star follows. */
static int has_ending(const char *name, const char *ending, size_t span)
{
    size_t length = strlen(name);

    if (ending[span - 1] == '*')
        return strncmp(name, ending, span - 1) == 0;
    return span < length && strncmp(name + length - span, ending, span) == 0;
}

/* Returns the length of the longest of ENDINGS that NAME has, or 0. */
static size_t longest_ending(const char *name, const char *endings)
{
    size_t longest = 0;

    while (*endings != '\0') {
        size_t span = strcspn(endings, " ");
        if (span > longest && has_ending(name, endings, span))
            longest = span;
        endings += span + (endings[span] != '\0');
    }
    return longest;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* Fills MESSAGE for the file PATH, whose ending is that of no format. */
static void refuse_ending(const char *path, struct message *message)
{
    const char *ending = strrchr(base_name(path), '.');
    char meant[WORD_MAX], list[MESSAGE_MAX];

    if (ending != NULL && nearest_word(meant, sizeof meant, ending + 1, EXPORT_FORMATS)) {
        message_set(message, "no format has the ending of %s: did you mean .%s? --format chooses another",
                    path, meant);
        return;
    }
    option_list(list, EXPORT_FORMATS, "");
    message_set(message, "no format has the ending of %s: choose one with --format: %s", path, list);
}

const struct exporter *exporter_for(const char *path, struct message *message)
{
    const struct exporter *found = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < EXPORTER_COUNT; i++) {
        size_t length = longest_ending(base_name(path), EXPORTERS[i].endings);
        if (length > longest) {
            longest = length;
            found = &EXPORTERS[i];
        }
    }
    if (found == NULL)
        refuse_ending(path, message);
    return found;
}

int export_check(const struct export_request *request, struct message *message)
{
    if (request->path != NULL)
        return output_check(request->path, message);
    if ((request->exporter->traits & EXPORT_IS_BINARY) != 0 && isatty(STDOUT_FILENO))
        return message_set(message, "%s is not for a terminal: name a file with -o", request->exporter->name);
    return 0;
}

/* Writes EXPORT to the file of REQUEST. */
static int write_file(const struct export_request *request, const struct export *export,
                      struct message *message)
{
    struct output output;
    int result;

    if (request->path != NULL)
        interrupt_begin("stats: interrupted: the file was not written");
    if (output_open(&output, request->path, message) != 0)
        return -1;
    result = request->exporter->write(output.stream, export, message);
    if (output_close(&output, result == 0, message) != 0)
        result = -1;
    return result;
}

/* Fills CONTEXTS, which is zeroed. */
static int make_contexts(struct contexts *contexts, const struct export_request *request,
                         const struct export *export, struct message *message)
{
    const struct inputs *inputs = export->inputs;
    const struct contexts_request wanted = {.profile = &inputs->merge.profile,
                                            .table = export->table,
                                            .row_of = inputs->row_of,
                                            .wanted = export->is_restricted ? export->list : NULL,
                                            .min_percent = request->min_percent};

    return contexts_make(contexts, &wanted, message);
}

/* Returns 1 if the threads of one file are told apart. */
static int has_threads(const struct export_request *request)
{
    return request->by_thread || (request->exporter->traits & EXPORT_HAS_THREADS) != 0;
}

int export_write(const struct export_request *request, const struct inputs *inputs, const struct view *view,
                 char *const *paths, const struct strings *selection, FILE *notes, struct message *message)
{
    struct table_list list = {0};
    struct contexts contexts = {0};
    struct export export = {.inputs = inputs,
                            .table = &inputs->table,
                            .list = &list,
                            .paths = paths,
                            .selection = selection,
                            .measure = inputs->table.counts ? inputs->table.measure : "ns",
                            .weight = request->weight,
                            .has_threads = has_threads(request) && inputs->count == 1,
                            .is_restricted = view->restrictions.count > 0,
                            .unwound = view->unwound,
                            .errors = view->errors};
    int result = view_choose(view, &inputs->table, &list, message);

    if (inputs->row_of != NULL) {
        export.profile = &inputs->merge.profile;
        export.contexts = &contexts;
        if (result == 0)
            result = make_contexts(&contexts, request, &export, message);
    }
    if (result == 0 && request->by_thread && inputs->count > 1)
        fputs("stats: the threads of several files are summed up\n", notes);
    if (result == 0 && request->exporter->lacks != NULL)
        fprintf(notes, "stats: %s\n", request->exporter->lacks);
    if (result == 0)
        result = write_file(request, &export, message);
    contexts_free(&contexts);
    table_list_free(&list);
    return result;
}
