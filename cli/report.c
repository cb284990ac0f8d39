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

#include "decimal.h"
#include "text.h"

/* Escape sequences. */
#define BOLD  "\033[1m"
#define RED   "\033[31m"
#define PLAIN "\033[0m"

/* Functions that took at least this share of the time themselves are red. */
#define HOT_SHARE 0.1

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
    size_t length = decimal_fixed(text, value, value == 0 ? 0 : decimals);

    memcpy(text + length, scales[i].name, strlen(scales[i].name) + 1);
}

void report_time(char text[REPORT_TIME_MAX], double ns, enum report_unit unit)
{
    if (unit == REPORT_UNIT_AUTO)
        print_with_unit(text, ns);
    else
        decimal_fixed(text, ns * UNITS[unit].scale, 3);
}

static double in_ns(const struct table *table, double time)
{
    return table->in_seconds ? time * 1e9 : time;
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

void report_figure(char text[REPORT_TIME_MAX], const struct table *table, double time, uint64_t calls,
                   uint64_t divisor, enum report_unit unit)
{
    double least = table->in_seconds ? 0 : table->resolution * (double)calls;

    *text = '\0';
    if (divisor == 0)
        return;
    if (least > 0 && time < least) {
        *text++ = '<';
        time = least;
    }
    if (unit == REPORT_UNIT_S && table->in_seconds)
        decimal_fixed(text, time / (double)divisor, 3);
    else if (unit == REPORT_UNIT_AUTO)
        print_with_unit(text, in_ns(table, time) / (double)divisor);
    else /* divided in the unit, as pstats does in seconds, so that the last digit is its */
        decimal_fixed(text, in_ns(table, time) * UNITS[unit].scale / (double)divisor, 3);
}

void report_calls(char text[REPORT_CALLS_MAX], uint64_t ncalls, uint64_t pcalls)
{
    char *end = text + decimal_count(text, ncalls);

    if (ncalls == pcalls)
        return;
    *end++ = '/';
    decimal_count(end, pcalls);
}

static void print_totals(FILE *stream, const struct report *report)
{
    const struct table *table = report->table;
    char time[REPORT_TIME_MAX];

    report_figure(time, table, table->tottime, 0, 1, report->unit);
    fprintf(stream, "         %" PRIu64 " function calls ", table->calls);
    if (table->calls != table->primitive_calls)
        fprintf(stream, "(%" PRIu64 " primitive calls) ", table->primitive_calls);
    fprintf(stream, "in %s%s\n\n", time, UNITS[report->unit].words);
}

/* Nothing for what Python has recorded, and where the text is to be what pstats prints. */
static void print_clocks(FILE *stream, const struct report *report)
{
    static const char *const names[] = {[PROFILE_READS_EVERY] = "every call",
                                        [PROFILE_READS_SAMPLED] = "sampled calls",
                                        [PROFILE_READS_NONE] = "no call"};
    const struct table *table = report->table;
    const char *before = "   Clock: ";

    if (table->clocks == 0 || table->in_seconds || report->unit == REPORT_UNIT_S)
        return;
    for (int reads = PROFILE_READS_EVERY; reads <= PROFILE_READS_NONE; reads++)
        if (table->clocks & 1U << reads) {
            fprintf(stream, "%s%s", before, names[reads]);
            before = ", ";
        }
    fputs(table->resolution > 0 ? "; overhead subtracted\n" : "\n", stream);
}

void report_print_head(FILE *stream, const struct report *report)
{
    print_titles(stream, report);
    print_totals(stream, report);
    print_clocks(stream, report);
}

void report_print_order(FILE *stream, const char *order, const struct table_list *list)
{
    if (order != NULL && *order != '\0')
        fprintf(stream, "   Ordered by: %s\n", order);
    else
        fputs("   Random listing order was used\n", stream);
    if (list->reductions != NULL)
        fputs(list->reductions, stream);
    fputc('\n', stream);
}

static void print_heading(FILE *stream, const struct report *report)
{
    report_print_order(stream, report->order, report->list);
    fprintf(stream, "%s   ncalls  tottime %s%s percall  cumtime %s percall%s filename:lineno(function)%s\n",
            report->colour ? BOLD : "", report->errors ? "      +- " : "", report->percent ? "  tot% " : "",
            report->percent ? "  cum% " : "", report->unwound ? "  unwound" : "",
            report->colour ? PLAIN : "");
}

static double share(const struct report *report, double time)
{
    return report->table->tottime > 0 && time > 0 ? time / report->table->tottime : 0;
}

/* The columns of one time: itself, its share if wanted, and per call. */
struct columns {
    char time[REPORT_TIME_MAX], share[REPORT_TIME_MAX], percall[REPORT_TIME_MAX];
};

static void fill_columns(struct columns *columns, const struct report *report, double time, uint64_t calls)
{
    report_figure(columns->time, report->table, time, calls, 1, report->unit);
    report_figure(columns->percall, report->table, time, calls, calls, report->unit);
    columns->share[0] = '\0';
    if (report->percent)
        snprintf(columns->share, sizeof columns->share, "%6.1f ", 100 * share(report, time));
}

/* Appends TEXT, right in WIDTH columns, and a space. Returns the end. */
static char *append_column(char *end, const char *text, size_t width)
{
    size_t length = strlen(text);

    if (length < width) {
        memset(end, ' ', width - length);
        end += width - length;
    }
    end = mempcpy(end, text, length);
    *end++ = ' ';
    return end;
}

/* With ERROR, one column more. */
static char *append_columns(char *end, const struct columns *columns, const char *error)
{
    end = append_column(end, columns->time, 8);
    if (error != NULL)
        end = append_column(end, error, 8);
    end = stpcpy(end, columns->share);
    return append_column(end, columns->percall, 8);
}

/* The columns are put together here: printf takes twice the time. */
static void print_row(FILE *stream, const struct report *report, const struct table_row *row)
{
    int is_hot = report->colour && share(report, row->tottime) >= HOT_SHARE;
    char calls[REPORT_CALLS_MAX], line[8 * REPORT_TIME_MAX], *end = line;
    char error[REPORT_TIME_MAX];
    struct columns self, all;

    report_calls(calls, row->ncalls, row->pcalls);
    fill_columns(&self, report, row->tottime, row->ncalls);
    fill_columns(&all, report, row->cumtime, row->pcalls);
    end = append_column(end, calls, 9);
    report_time(error, in_ns(report->table, sqrt(row->variance)), report->unit);
    end = append_columns(end, &self, report->errors ? error : NULL);
    end = append_columns(end, &all, NULL);
    if (is_hot)
        fputs(RED, stream);
    fwrite(line, 1, (size_t)(end - line), stream);
    if (report->unwound)
        fprintf(stream, "%8" PRIu64 " ", row->unwound);
    text_print(stream, row->text);
    fputs(is_hot ? PLAIN "\n" : "\n", stream);
}

void report_print(FILE *stream, const struct report *report)
{
    report_print_head(stream, report);
    if (report->list->count == 0)
        return;
    print_heading(stream, report);
    for (size_t i = 0; i < report->list->count; i++)
        print_row(stream, report, report->list->rows[i]);
    fputs("\n\n", stream);
}
