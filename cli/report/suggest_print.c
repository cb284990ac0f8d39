/*
 * suggest_print.c - prints what should not be instrumented. See suggest_print.h.
 */
#include "cli/report/suggest_print.h"

#include <inttypes.h>
#include <string.h>

#include "cli/analysis/suggest_flags.h"
#include "cli/base/count.h"
#include "cli/base/quote.h"
#include "cli/base/text.h"
#include "cli/report/figures.h"

#define FUNCTION_LIST "-finstrument-functions-exclude-function-list"
#define FILE_LIST     "-finstrument-functions-exclude-file-list"
#define MARK          "__attribute__((no_instrument_function))"

#define AFTER_INLINING  "-finstrument-functions-after-inlining"
#define EXCLUDE_HEADERS "profile --exclude='*/include/*' --exclude='std::*'"

static void print_saved(FILE *stream, const struct suggestions *suggestions, double saved, uint64_t calls)
{
    char time[REPORT_TIME_MAX];

    report_time(time, saved, REPORT_UNIT_MS);
    fprintf(stream, "%12s %6.1f%% %12" PRIu64 "  ", time, 100 * saved / suggestions->table->measured, calls);
}

static void print_functions(FILE *stream, const struct suggestion *suggestion)
{
    const struct table_row *row = suggestion->row;

    if (suggestion->how == SUGGEST_FUNCTION)
        text_print(stream, row->text);
    else if (suggestion->how == SUGGEST_FILE)
        text_print(stream, row->file);
    else
        fputs("headers of the system", stream);
    if (suggestion->how != SUGGEST_FUNCTION)
        fprintf(stream, " (%zu function%s)", suggestion->functions, suggestion->functions == 1 ? "" : "s");
    fputc('\n', stream);
}

/* Prints a line for each suggestion, and their sum. */
static void print_lines(FILE *stream, const struct suggestions *suggestions)
{
    double saved = 0;
    uint64_t calls = 0;

    fprintf(stream, "%12s %7s %12s  %s\n", "saves", "%", "ncalls", "by leaving out");
    for (size_t i = 0; i < suggestions->count; i++) {
        const struct suggestion *suggestion = &suggestions->items[i];
        print_saved(stream, suggestions, suggestion->saved, suggestion->calls);
        print_functions(stream, suggestion);
        saved += suggestion->saved;
        count_add(&calls, suggestion->calls);
    }
    print_saved(stream, suggestions, saved, calls);
    fputs("together\n\nThe time of what is left out will be its callers'.\n", stream);
}

/* Prints NAME=PATTERN,... as one word of a shell. */
static void print_patterns(FILE *stream, const char *name, const struct strings *patterns)
{
    const char *quote = "";

    for (size_t i = 0; i < patterns->count; i++)
        if (quote_is_needed(patterns->items[i], strlen(patterns->items[i])))
            quote = "'";
    fprintf(stream, "%s=%s", name, quote);
    for (size_t i = 0; i < patterns->count; i++) {
        fputs(i > 0 ? "," : "", stream);
        quote_print_inside(stream, patterns->items[i], strlen(patterns->items[i]));
    }
    fprintf(stream, "%s\n", quote);
}

static void print_plugin(FILE *stream, const struct strings *patterns)
{
    if (patterns->count == 0) {
        fputs("\nprofile --cflags leaves them out.\n", stream);
        return;
    }
    fputs("\nWith profile cc:\n", stream);
    print_patterns(stream, "PROFILE_BUILD_EXCLUDE", patterns);
    fputs("\nWith the plugin, behind the flags of profile --cflags:\n", stream);
    print_patterns(stream, "-fplugin-arg-profile_gcc-exclude", patterns);
}

static void print_list(FILE *stream, const char *flag, const struct strings *items)
{
    if (items->count == 0)
        return;
    compiler_print_list_flag(stream, flag, (const char *const *)items->items, items->count);
    fputc('\n', stream);
}

static void print_lists(FILE *stream, const struct suggest_flags *flags)
{
    fputs("\nWith -finstrument-functions:\n", stream);
    print_list(stream, FUNCTION_LIST, &flags->functions);
    print_list(stream, FILE_LIST, &flags->files);
    for (size_t i = 0; i < flags->mark_count; i++) {
        fputs(MARK " ", stream);
        text_print(stream, flags->marks[i]->text);
        fputc('\n', stream);
    }
}

static int print_flags(FILE *stream, const struct suggestions *suggestions)
{
    struct suggest_flags flags = {0};
    int result = suggest_flags_make(&flags, suggestions);

    if (result == 0) {
        print_plugin(stream, &flags.patterns);
        print_lists(stream, &flags);
    }
    suggest_flags_free(&flags);
    return result;
}

/* Says that nothing is to be left out, and what headers of the system have to do with it. */
static void print_nothing(FILE *stream, const struct suggestions *suggestions)
{
    const struct suggestion *headers = &suggestions->headers;
    const struct table *table = suggestions->table;
    char time[REPORT_TIME_MAX];

    fputs("No function is both tiny and hot: there is nothing to leave out.\n", stream);
    if (headers->functions == 0)
        return;
    report_time(time, headers->saved, REPORT_UNIT_MS);
    fprintf(stream,
            "Headers of the system have %.1f%% of the calls, but to leave them out would save %s ms of the "
            "run (%.1f%%).\n",
            100 * (double)headers->calls / (double)table->calls, time,
            100 * headers->saved / table->measured);
}

static int has(const struct suggestions *suggestions, int are_headers)
{
    for (size_t i = 0; i < suggestions->count; i++)
        if ((suggestions->items[i].how == SUGGEST_HEADERS) == are_headers)
            return 1;
    return 0;
}

static void print_for_clang(FILE *stream, const struct suggestions *suggestions)
{
    if (suggestions->count > 0)
        fputc('\n', stream);
    if (has(suggestions, 0))
        fputs("Clang has no flag that leaves out functions. Mark them with " MARK ".\n", stream);
    fputs(AFTER_INLINING " leaves out those that clang inlines; profile clang adds it.\n", stream);
    if (has(suggestions, 1))
        fputs("The others of headers can be left out as they run, which saves less:\n" EXCLUDE_HEADERS "\n",
              stream);
}

int suggest_print(FILE *stream, const struct suggestions *suggestions, enum compiler_kind compiler)
{
    if (suggestions->count > 0)
        print_lines(stream, suggestions);
    else
        print_nothing(stream, suggestions);
    if (compiler == COMPILER_CLANG)
        print_for_clang(stream, suggestions);
    else if (suggestions->count > 0)
        return print_flags(stream, suggestions);
    return 0;
}
