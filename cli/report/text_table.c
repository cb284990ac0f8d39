/*
 * text_table.c - prints a table as text. See text_table.h.
 */
#include "cli/report/text_table.h"

#include <math.h>
#include <string.h>

#include "cli/base/decimal.h"
#include "cli/report/fit.h"

/* Escape sequences. */
#define BOLD  "\033[1m"
#define RED   "\033[31m"
#define PLAIN "\033[0m"

/* A function is printed in red if it took at least this share of the time itself. */
#define HOT_SHARE 0.1

/* Columns that a terminal must have for the function's name, before shares are printed unasked. */
enum { NAME_ROOM = 60 };

/* Columns that are printed only if they are wanted. */
enum { WITH_ERRORS = 1, WITH_WAITS = 2, WITH_PERCENT = 4, WITH_UNWOUND = 8 };

/* Returns the WITH_ flags of REPORT. In seconds there are no waits, because the text must be that of
 * pstats. */
static int wanted_columns(const struct report *report)
{
    return (report->errors ? WITH_ERRORS : 0) |
           (report->percent == REPORT_PERCENT_ALWAYS ? WITH_PERCENT : 0) |
           (report->unwound ? WITH_UNWOUND : 0) |
           (report->table->waits && report->unit != REPORT_UNIT_S ? WITH_WAITS : 0);
}

static double share(const struct report *report, double time)
{
    return report->table->tottime > 0 && time > 0 ? time / report->table->tottime : 0;
}

enum figure { CALLS, TIME, PER_CALL, SHARE, ERROR, WAIT, UNWOUND };

struct column {
    const char *heading;
    size_t width; /* chars; the text is aligned right */
    int needs;    /* the WITH_ flag for which it is printed; 0: it always is */
    enum figure figure;
    int is_cumulative; /* of the function with its callees */
};

enum { CALLS_WIDTH = 9 }; /* chars; more if a pair of counts is longer */

static const struct column COLUMNS[] = {
    {"ncalls", CALLS_WIDTH, 0, CALLS, 0},
    {"tottime", 8, 0, TIME, 0},
    {"+-", 8, WITH_ERRORS, ERROR, 0},
    {"waittime", 8, WITH_WAITS, WAIT, 0},
    {"tot%", 6, WITH_PERCENT, SHARE, 0},
    {"percall", 8, 0, PER_CALL, 0},
    {"cumtime", 8, 0, TIME, 1},
    {"cumwait", 8, WITH_WAITS, WAIT, 1},
    {"cum%", 6, WITH_PERCENT, SHARE, 1},
    {"percall", 8, 0, PER_CALL, 1},
    {"unwound", 8, WITH_UNWOUND, UNWOUND, 0},
};

enum { COLUMN_COUNT = sizeof COLUMNS / sizeof *COLUMNS };

static size_t width_of(const struct report *report, const struct column *column)
{
    return column->figure == CALLS ? report->calls_width : column->width;
}

/* Returns the columns that stand before the function's name. */
static int width_before(const struct report *report)
{
    int wanted = wanted_columns(report);
    size_t width = 0;

    for (const struct column *column = COLUMNS; column < COLUMNS + COLUMN_COUNT; column++)
        if ((column->needs & wanted) == column->needs)
            width += width_of(report, column) + 1;
    return (int)width;
}

static void write_figure(char text[REPORT_TIME_MAX], const struct report *report, const struct table_row *row,
                         const struct column *column)
{
    const struct table *table = report->table;
    double time = column->is_cumulative ? row->cumtime : row->tottime;
    double error = sqrt(column->is_cumulative ? row->cumvariance : row->variance);
    double wait = column->is_cumulative ? row->cumwait : row->waittime;
    uint64_t calls = column->is_cumulative ? row->pcalls : row->ncalls;

    switch (column->figure) {
    case CALLS:
        report_calls(text, row->ncalls, row->pcalls);
        break;
    case TIME:
        report_figure(text, table, time, error, 1, report->unit);
        break;
    case PER_CALL:
        report_figure(text, table, time, error, calls, report->unit);
        break;
    case SHARE:
        decimal_fixed(text, 100 * share(report, time), 1);
        break;
    case ERROR:
        report_figure(text, table, error, error, 1, report->unit);
        break;
    case WAIT:
        report_figure(text, table, wait, 0, 1, report->unit);
        break;
    case UNWOUND:
        decimal_count(text, row->unwound);
        break;
    }
}

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

/* Appends the columns of ROW, or their headings if ROW is NULL. Returns the end. */
static char *append_columns(char *end, const struct report *report, const struct table_row *row)
{
    char text[REPORT_TIME_MAX];
    int wanted = wanted_columns(report);

    for (const struct column *column = COLUMNS; column < COLUMNS + COLUMN_COUNT; column++) {
        if ((column->needs & wanted) != column->needs)
            continue;
        if (row != NULL)
            write_figure(text, report, row, column);
        end = append_column(end, row != NULL ? text : column->heading, width_of(report, column));
    }
    return end;
}

/* Joins the columns without printf, which takes twice the time. */
static void print_columns(FILE *stream, const struct report *report, const struct table_row *row)
{
    char line[COLUMN_COUNT * (REPORT_TIME_MAX + 1)];
    char *end = append_columns(line, report, row);

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
    fit_print_function(stream, row, report->width, (size_t)width_before(report));
    fputs(is_hot ? PLAIN "\n" : "\n", stream);
}

/* Returns REPORT with shares if it may have them and there is room. */
static struct report with_shares(struct report report)
{
    int may = report.percent == REPORT_PERCENT_IF_WIDE && report.unit != REPORT_UNIT_S;

    if (may)
        report.percent = REPORT_PERCENT_ALWAYS;
    if (may && width_before(&report) + NAME_ROOM > report.width)
        report.percent = REPORT_PERCENT_NEVER;
    return report;
}

/* Returns the chars of the longest pair of counts. In seconds the column does not grow, as in pstats, and the
 * row is out of line. */
static size_t calls_width(const struct report *report)
{
    size_t widest = CALLS_WIDTH;
    char text[REPORT_CALLS_MAX];

    for (size_t i = 0; i < report->list->count && report->unit != REPORT_UNIT_S; i++) {
        report_calls(text, report->list->rows[i]->ncalls, report->list->rows[i]->pcalls);
        if (strlen(text) > widest)
            widest = strlen(text);
    }
    return widest;
}

void report_print(FILE *stream, const struct report *wanted)
{
    struct report report = *wanted;

    report.calls_width = calls_width(&report);
    report = with_shares(report);
    report_print_head(stream, &report);
    if (report.list->count == 0)
        return;
    print_heading(stream, &report);
    for (size_t i = 0; i < report.list->count; i++)
        print_row(stream, &report, report.list->rows[i]);
    fputs("\n\n", stream);
}
