/*
 * text_table.c - prints a table as text. See text_table.h.
 */
#include "cli/report/text_table.h"

#include <math.h>
#include <string.h>

#include "cli/base/decimal.h"
#include "cli/base/text.h"

/* Escape sequences. */
#define BOLD  "\033[1m"
#define RED   "\033[31m"
#define PLAIN "\033[0m"

/* A function is printed in red if it took at least this share of the time itself. */
#define HOT_SHARE 0.1

/* Columns that are printed only if they are wanted. */
enum { WITH_ERRORS = 1, WITH_WAITS = 2, WITH_PERCENT = 4, WITH_UNWOUND = 8 };

/* Returns the WITH_ flags of REPORT. In seconds there are no waits, because the text must be that of
 * pstats. */
static int wanted_columns(const struct report *report)
{
    return (report->errors ? WITH_ERRORS : 0) | (report->percent ? WITH_PERCENT : 0) |
           (report->unwound ? WITH_UNWOUND : 0) |
           (report->table->waits && report->unit != REPORT_UNIT_S ? WITH_WAITS : 0);
}

static double share(const struct report *report, double time)
{
    return report->table->tottime > 0 && time > 0 ? time / report->table->tottime : 0;
}

static void write_ncalls(char text[REPORT_TIME_MAX], const struct report *report, const struct table_row *row)
{
    (void)report;
    report_calls(text, row->ncalls, row->pcalls);
}

static void write_tottime(char text[REPORT_TIME_MAX], const struct report *report,
                          const struct table_row *row)
{
    report_figure(text, report->table, row->tottime, row->ncalls, 1, report->unit);
}

static void write_error(char text[REPORT_TIME_MAX], const struct report *report, const struct table_row *row)
{
    report_figure(text, report->table, sqrt(row->variance), 0, 1, report->unit);
}

static void write_waittime(char text[REPORT_TIME_MAX], const struct report *report,
                           const struct table_row *row)
{
    report_figure(text, report->table, row->waittime, 0, 1, report->unit);
}

static void write_tottime_share(char text[REPORT_TIME_MAX], const struct report *report,
                                const struct table_row *row)
{
    decimal_fixed(text, 100 * share(report, row->tottime), 1);
}

static void write_tottime_per_call(char text[REPORT_TIME_MAX], const struct report *report,
                                   const struct table_row *row)
{
    report_figure(text, report->table, row->tottime, row->ncalls, row->ncalls, report->unit);
}

static void write_cumtime(char text[REPORT_TIME_MAX], const struct report *report,
                          const struct table_row *row)
{
    report_figure(text, report->table, row->cumtime, row->pcalls, 1, report->unit);
}

static void write_cumwait(char text[REPORT_TIME_MAX], const struct report *report,
                          const struct table_row *row)
{
    report_figure(text, report->table, row->cumwait, 0, 1, report->unit);
}

static void write_cumtime_share(char text[REPORT_TIME_MAX], const struct report *report,
                                const struct table_row *row)
{
    decimal_fixed(text, 100 * share(report, row->cumtime), 1);
}

static void write_cumtime_per_call(char text[REPORT_TIME_MAX], const struct report *report,
                                   const struct table_row *row)
{
    report_figure(text, report->table, row->cumtime, row->pcalls, row->pcalls, report->unit);
}

static void write_unwound(char text[REPORT_TIME_MAX], const struct report *report,
                          const struct table_row *row)
{
    (void)report;
    decimal_count(text, row->unwound);
}

struct column {
    const char *heading;
    size_t width; /* chars; the text is aligned right */
    int needs;    /* the WITH_ flag for which it is printed; 0: it always is */
    void (*write)(char text[REPORT_TIME_MAX], const struct report *report, const struct table_row *row);
};

static const struct column COLUMNS[] = {
    {"ncalls", 9, 0, write_ncalls},
    {"tottime", 8, 0, write_tottime},
    {"+-", 8, WITH_ERRORS, write_error},
    {"waittime", 8, WITH_WAITS, write_waittime},
    {"tot%", 6, WITH_PERCENT, write_tottime_share},
    {"percall", 8, 0, write_tottime_per_call},
    {"cumtime", 8, 0, write_cumtime},
    {"cumwait", 8, WITH_WAITS, write_cumwait},
    {"cum%", 6, WITH_PERCENT, write_cumtime_share},
    {"percall", 8, 0, write_cumtime_per_call},
    {"unwound", 8, WITH_UNWOUND, write_unwound},
};

enum { COLUMN_COUNT = sizeof COLUMNS / sizeof *COLUMNS };

/* Appends TEXT, aligned right in WIDTH chars, and a space. Returns the end. */
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

/* Prints the columns of ROW, or their headings if ROW is NULL. Joins them without printf, which takes twice
 * the time. */
static void print_columns(FILE *stream, const struct report *report, const struct table_row *row)
{
    char line[COLUMN_COUNT * (REPORT_TIME_MAX + 1)], *end = line, text[REPORT_TIME_MAX];
    int wanted = wanted_columns(report);

    for (const struct column *column = COLUMNS; column < COLUMNS + COLUMN_COUNT; column++) {
        if ((column->needs & wanted) != column->needs)
            continue;
        if (row != NULL)
            column->write(text, report, row);
        end = append_column(end, row != NULL ? text : column->heading, column->width);
    }
    fwrite(line, 1, (size_t)(end - line), stream);
}

static void print_heading(FILE *stream, const struct report *report)
{
    report_print_order(stream, report->order, report->list);
    fputs(report->colour ? BOLD : "", stream);
    print_columns(stream, report, NULL);
    fprintf(stream, "filename:lineno(function)%s\n", report->colour ? PLAIN : "");
}

static void print_row(FILE *stream, const struct report *report, const struct table_row *row)
{
    int is_hot = report->colour && share(report, row->tottime) >= HOT_SHARE;

    if (is_hot)
        fputs(RED, stream);
    print_columns(stream, report, row);
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
