/*
 * text_table.c - the table as text. See report.h.
 */
#include "cli/report/text_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/base/decimal.h"
#include "cli/base/text.h"

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
    [REPORT_UNIT_COUNT] = {"", "", 1},
    [REPORT_UNIT_PLAIN] = {"", "", 1},
};

int report_unit_parse(enum report_unit *unit, const char *text, struct message *message)
{
    for (size_t i = 0; i <= REPORT_UNIT_NS; i++)
        if (strcmp(UNITS[i].name, text) == 0) {
            *unit = (enum report_unit)i;
            return 0;
        }
    return message_set(message, "'%s' is no unit; the units are: %s", text, REPORT_UNITS);
}

/* Four significant digits. WHOLE numbers have no decimals. The bounds are where printf would round up to a
 * fifth, so that 999.96 ns becomes 1.000us. */
static void print_scaled(char text[REPORT_TIME_MAX], double number, const char *const names[4], int whole)
{
    static const double divisors[] = {1, 1e3, 1e6, 1e9};
    size_t i = 0;

    while (i < 3 && fabs(number) / divisors[i] >= 999.95)
        i++;
    double value = number / divisors[i], size = fabs(value);
    int decimals = size < 9.9995 ? 3 : size < 99.995 ? 2 : size < 999.95 ? 1 : 0;
    size_t length = decimal_fixed(text, value, value == 0 || (whole && i == 0) ? 0 : decimals);

    memcpy(text + length, names[i], strlen(names[i]) + 1);
}

static int is_whole(double number)
{
    return number == trunc(number);
}

void report_time(char text[REPORT_TIME_MAX], double ns, enum report_unit unit)
{
    static const char *const times[] = {"ns", "us", "ms", "s"}, *const counts[] = {"", "k", "M", "G"};

    if (unit == REPORT_UNIT_AUTO)
        print_scaled(text, ns, times, 0);
    else if (unit == REPORT_UNIT_COUNT)
        print_scaled(text, ns, counts, is_whole(ns));
    else
        decimal_fixed(text, ns * UNITS[unit].scale, unit == REPORT_UNIT_PLAIN && is_whole(ns) ? 0 : 3);
}

enum report_unit report_unit_of(int counts, enum report_unit unit)
{
    if (!counts)
        return unit;
    return unit == REPORT_UNIT_AUTO ? REPORT_UNIT_COUNT : REPORT_UNIT_PLAIN;
}

/* Nanoseconds, or what the table counts. */
static double in_ns(const struct table *table, double time)
{
    return table->in_seconds && !table->counts ? time * 1e9 : time;
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
    if (unit == REPORT_UNIT_AUTO || table->counts)
        report_time(text, in_ns(table, time) / (double)divisor, report_unit_of(table->counts, unit));
    else if (unit == REPORT_UNIT_S && table->in_seconds)
        decimal_fixed(text, time / (double)divisor, 3);
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

/* All digits of a number, in groups of three. */
static void print_grouped(char text[REPORT_TIME_MAX], double number)
{
    char digits[REPORT_TIME_MAX];
    size_t length = decimal_fixed(digits, number, 0);

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-' && length < REPORT_TIME_MAX / 2)
            *text++ = ',';
        *text++ = digits[i];
    }
    *text = '\0';
}

static void print_totals(FILE *stream, const struct report *report)
{
    const struct table *table = report->table;
    char time[REPORT_TIME_MAX];

    if (table->counts && report->unit == REPORT_UNIT_AUTO)
        print_grouped(time, table->tottime);
    else
        report_figure(time, table, table->tottime, 0, 1, report->unit);
    fprintf(stream, "         %" PRIu64 " function calls ", table->calls);
    if (table->calls != table->primitive_calls)
        fprintf(stream, "(%" PRIu64 " primitive calls) ", table->primitive_calls);
    fprintf(stream, "in %s", time);
    if (table->counts) {
        fputc(' ', stream);
        text_print(stream, table->measure);
    } else {
        fputs(UNITS[report->unit].words, stream);
    }
    fputs("\n\n", stream);
}

/* What the times were measured by, each with a comma behind it. */
static void print_timers(FILE *stream, const struct table *table)
{
    static const char *const names[] = {[PROFILE_TIMER_TSC] = "TSC",
                                        [PROFILE_TIMER_MONOTONIC] = "CLOCK_MONOTONIC",
                                        [PROFILE_TIMER_CPU] = "CPU time",
                                        [PROFILE_TIMER_FAULTS] = "page faults"};

    for (int timer = PROFILE_TIMER_TSC; timer <= PROFILE_TIMER_CUSTOM; timer++)
        if (table->timers & 1U << timer) {
            text_print(stream, timer == PROFILE_TIMER_CUSTOM ? table->measure : names[timer]);
            fputs(", ", stream);
        }
}

/* Nothing for what Python has recorded, and where the text is to be what pstats prints. */
static void print_clocks(FILE *stream, const struct report *report)
{
    static const char *const names[] = {[PROFILE_READS_EVERY] = "every call",
                                        [PROFILE_READS_SAMPLED] = "sampled calls",
                                        [PROFILE_READS_NONE] = "no call"};
    const struct table *table = report->table;
    const char *before = "";

    if (table->clocks == 0 || table->in_seconds || report->unit == REPORT_UNIT_S)
        return;
    fputs("   Clock: ", stream);
    print_timers(stream, table);
    for (int reads = PROFILE_READS_EVERY; reads <= PROFILE_READS_NONE; reads++)
        if (table->clocks & 1U << reads) {
            fprintf(stream, "%s%s", before, names[reads]);
            before = ", ";
        }
    fputs(table->resolution > 0 ? "; overhead subtracted\n" : "\n", stream);
    if (table->is_paused || table->is_reset)
        fprintf(stream, "   Not the whole run: recording was %s%s%s\n", table->is_paused ? "paused" : "",
                table->is_paused && table->is_reset ? " and " : "", table->is_reset ? "reset" : "");
}

static void print_filters(FILE *stream, const struct report *report)
{
    const struct table *table = report->table;

    if (table->filters == NULL || table->in_seconds || report->unit == REPORT_UNIT_S)
        return;
    fputs("   Filters: ", stream);
    text_print(stream, table->filters);
    fputc('\n', stream);
}

void report_print_head(FILE *stream, const struct report *report)
{
    print_titles(stream, report);
    print_totals(stream, report);
    print_clocks(stream, report);
    print_filters(stream, report);
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

/* Not where the text is to be what pstats prints. */
static int has_waits(const struct report *report)
{
    return report->table->waits && report->unit != REPORT_UNIT_S;
}

static void print_heading(FILE *stream, const struct report *report)
{
    report_print_order(stream, report->order, report->list);
    fprintf(
        stream, "%s   ncalls  tottime %s%s%s percall  cumtime %s%s percall%s filename:lineno(function)%s\n",
        report->colour ? BOLD : "", report->errors ? "      +- " : "", has_waits(report) ? "waittime " : "",
        report->percent ? "  tot% " : "", has_waits(report) ? " cumwait " : "",
        report->percent ? "  cum% " : "", report->unwound ? "  unwound" : "", report->colour ? PLAIN : "");
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

/* With ERROR and with WAITED, one column more. */
static char *append_columns(char *end, const struct columns *columns, const char *error, const char *waited)
{
    end = append_column(end, columns->time, 8);
    if (error != NULL)
        end = append_column(end, error, 8);
    if (waited != NULL)
        end = append_column(end, waited, 8);
    end = stpcpy(end, columns->share);
    return append_column(end, columns->percall, 8);
}

/* The columns are put together here: printf takes twice the time. */
static void print_row(FILE *stream, const struct report *report, const struct table_row *row)
{
    int is_hot = report->colour && share(report, row->tottime) >= HOT_SHARE;
    char calls[REPORT_CALLS_MAX], line[10 * REPORT_TIME_MAX], *end = line;
    char error[REPORT_TIME_MAX], waited[REPORT_TIME_MAX], all_waited[REPORT_TIME_MAX];
    struct columns self, all;

    report_calls(calls, row->ncalls, row->pcalls);
    fill_columns(&self, report, row->tottime, row->ncalls);
    fill_columns(&all, report, row->cumtime, row->pcalls);
    end = append_column(end, calls, 9);
    report_time(error, in_ns(report->table, sqrt(row->variance)), report->unit);
    report_time(waited, in_ns(report->table, row->waittime), report->unit);
    report_time(all_waited, in_ns(report->table, row->cumwait), report->unit);
    end = append_columns(end, &self, report->errors ? error : NULL, has_waits(report) ? waited : NULL);
    end = append_columns(end, &all, NULL, has_waits(report) ? all_waited : NULL);
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
