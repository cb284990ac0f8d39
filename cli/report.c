/*
 * report.c - the table as text. See report.h.
 */
#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "text.h"

struct unit {
    const char *name;
    const char *words; /* as the report's first line has them */
    double scale;      /* from nanoseconds; the factor is exact enough to give pstats's digits */
};

static const struct unit UNITS[] = {
    [REPORT_UNIT_AUTO] = {"auto", "", 1},
    [REPORT_UNIT_S] = {"s", " seconds", 1e-9},
    [REPORT_UNIT_MS] = {"ms", " milliseconds", 1e-6},
    [REPORT_UNIT_US] = {"us", " microseconds", 1e-3},
    [REPORT_UNIT_NS] = {"ns", " nanoseconds", 1},
};

int report_unit_parse(enum report_unit *unit, const char *text, struct message *message)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strcmp(UNITS[i].name, text) == 0) {
            *unit = (enum report_unit)i;
            return 0;
        }
    return message_set(message, "'%s' is no unit; the units are: %s", text, REPORT_UNITS);
}

/* Four significant digits. The bounds are where printf would round up to a fifth, so that 999.96 ns becomes
 * 1.000us. */
static void print_with_unit(char text[REPORT_TIME_MAX], double ns)
{
    static const struct {
        double divisor;
        const char *name;
    } scales[] = {{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};
    size_t i = 0;

    while (i < 3 && fabs(ns) / scales[i].divisor >= 999.95)
        i++;
    double value = ns / scales[i].divisor, size = fabs(value);
    int decimals = size < 9.9995 ? 3 : size < 99.995 ? 2 : size < 999.95 ? 1 : 0;
    snprintf(text, REPORT_TIME_MAX, "%.*f%s", value == 0 ? 0 : decimals, value, scales[i].name);
}

void report_time(char text[REPORT_TIME_MAX], double ns, enum report_unit unit)
{
    if (unit == REPORT_UNIT_AUTO)
        print_with_unit(text, ns);
    else
        snprintf(text, REPORT_TIME_MAX, "%.3f", ns * UNITS[unit].scale);
}

char *report_title(const char *path)
{
    struct stat status;
    char when[64];
    char *title;

    if (stat(path, &status) != 0 || ctime_r(&status.st_mtime, when) == NULL)
        return strdup(path);
    when[strcspn(when, "\n")] = '\0';
    return asprintf(&title, "%s    %s", when, path) < 0 ? NULL : title;
}

static void print_titles(FILE *stream, const struct report *report)
{
    for (size_t i = 0; i < report->title_count; i++) {
        text_print(stream, report->titles[i]);
        fputc('\n', stream);
    }
    if (report->title_count > 0)
        fputc('\n', stream);
}

static void print_totals(FILE *stream, const struct report *report)
{
    const struct table *table = report->table;
    char time[REPORT_TIME_MAX];

    report_time(time, table->tottime, report->unit);
    fprintf(stream, "         %" PRIu64 " function calls ", table->calls);
    if (table->calls != table->primitive_calls)
        fprintf(stream, "(%" PRIu64 " primitive calls) ", table->primitive_calls);
    fprintf(stream, "in %s%s\n\n", time, UNITS[report->unit].words);
}

void report_print_head(FILE *stream, const struct report *report)
{
    print_titles(stream, report);
    print_totals(stream, report);
}

static void print_heading(FILE *stream, const struct report *report)
{
    if (report->order != NULL && *report->order != '\0')
        fprintf(stream, "   Ordered by: %s\n", report->order);
    else
        fputs("   Random listing order was used\n", stream);
    if (report->list->reductions != NULL)
        fputs(report->list->reductions, stream);
    fprintf(stream, "\n   ncalls  tottime  percall  cumtime  percall%s filename:lineno(function)\n",
            report->unwound ? "  unwound" : "");
}

static void print_time(FILE *stream, double ns, enum report_unit unit)
{
    char text[REPORT_TIME_MAX];

    report_time(text, ns, unit);
    fprintf(stream, "%8s ", text);
}

/* Divides in the unit, as pstats does in seconds, so that the last digit is its. */
static void print_percall(FILE *stream, double ns, uint64_t calls, enum report_unit unit)
{
    char text[REPORT_TIME_MAX] = "";

    if (calls > 0 && unit == REPORT_UNIT_AUTO)
        report_time(text, ns / (double)calls, unit);
    else if (calls > 0)
        snprintf(text, sizeof text, "%.3f", ns * UNITS[unit].scale / (double)calls);
    fprintf(stream, "%8s ", text);
}

static void print_row(FILE *stream, const struct table_row *row, const struct report *report)
{
    enum report_unit unit = report->unit;
    char calls[64];

    if (row->ncalls == row->pcalls)
        snprintf(calls, sizeof calls, "%" PRIu64, row->ncalls);
    else
        snprintf(calls, sizeof calls, "%" PRIu64 "/%" PRIu64, row->ncalls, row->pcalls);
    fprintf(stream, "%9s ", calls);
    print_time(stream, row->tottime, unit);
    print_percall(stream, row->tottime, row->ncalls, unit);
    print_time(stream, row->cumtime, unit);
    print_percall(stream, row->cumtime, row->pcalls, unit);
    if (report->unwound)
        fprintf(stream, "%8" PRIu64 " ", row->unwound);
    text_print(stream, row->text);
    fputc('\n', stream);
}

void report_print(FILE *stream, const struct report *report)
{
    report_print_head(stream, report);
    if (report->list->count == 0)
        return;
    print_heading(stream, report);
    for (size_t i = 0; i < report->list->count; i++)
        print_row(stream, report->list->rows[i], report);
    fputs("\n\n", stream);
}
