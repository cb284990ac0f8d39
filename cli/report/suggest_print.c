/*
 * suggest_print.c - prints what should not be instrumented. See suggest_print.h.
 */
#include "cli/report/suggest_print.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/base/text.h"
#include "cli/report/figures.h"

#define FUNCTION_LIST "-finstrument-functions-exclude-function-list"
#define FILE_LIST     "-finstrument-functions-exclude-file-list"
#define MARK          "__attribute__((no_instrument_function))"

static void print_saved(FILE *stream, const struct suggestions *suggestions, double saved, uint64_t calls)
{
    char time[REPORT_TIME_MAX];

    report_time(time, saved, REPORT_UNIT_MS);
    fprintf(stream, "%12s %6.1f%% %12" PRIu64 "  ", time, 100 * saved / suggestions->table->measured, calls);
}

static void print_suggestion(FILE *stream, const struct suggestion *suggestion)
{
    const char *item = suggestion->item;

    if (suggestion->how == SUGGEST_MARK) {
        fputs(MARK " ", stream);
        text_print(stream, suggestion->row->text);
    } else {
        compiler_print_list_flag(stream, suggestion->how == SUGGEST_FILE ? FILE_LIST : FUNCTION_LIST, &item,
                                 1);
    }
    fputc('\n', stream);
}

/* Prints one flag with the items of all suggestions of a kind. Returns 0, or -1 without memory. */
static int print_list(FILE *stream, const struct suggestions *suggestions, enum suggest_how how,
                      const char *flag)
{
    const char **items = reallocarray(NULL, suggestions->count, sizeof *items);
    size_t count = 0;

    if (items == NULL)
        return -1;
    for (size_t i = 0; i < suggestions->count; i++)
        if (suggestions->items[i].how == how)
            items[count++] = suggestions->items[i].item;
    if (count > 0) {
        compiler_print_list_flag(stream, flag, items, count);
        fputc('\n', stream);
    }
    free(items);
    return 0;
}

/* Prints a line for each suggestion, and their sum. */
static void print_lines(FILE *stream, const struct suggestions *suggestions)
{
    double saved = 0;
    uint64_t calls = 0;

    fprintf(stream, "%12s %7s %12s  %s\n", "saves", "%", "ncalls", "by");
    for (size_t i = 0; i < suggestions->count; i++) {
        const struct suggestion *suggestion = &suggestions->items[i];
        print_saved(stream, suggestions, suggestion->saved, suggestion->calls);
        print_suggestion(stream, suggestion);
        saved += suggestion->saved;
        calls += suggestion->calls;
    }
    print_saved(stream, suggestions, saved, calls);
    fputs("together\n\n", stream);
}

int suggest_print(FILE *stream, const struct suggestions *suggestions, enum compiler_kind compiler)
{
    if (suggestions->count == 0) {
        fputs("No function is both tiny and hot: there is nothing to leave out.\n", stream);
        return 0;
    }
    print_lines(stream, suggestions);
    if (print_list(stream, suggestions, SUGGEST_FUNCTION, FUNCTION_LIST) != 0 ||
        print_list(stream, suggestions, SUGGEST_FILE, FILE_LIST) != 0)
        return -1;
    if (compiler == COMPILER_CLANG)
        fputs("-finstrument-functions-after-inlining leaves out those that clang inlines.\n", stream);
    return 0;
}
