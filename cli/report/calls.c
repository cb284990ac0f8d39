/*
 * calls.c - prints who called the listed functions, or whom they called. See calls.h.
 */
#include "cli/report/calls.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/text.h"

/* A caller or callee: its row with the figures of the edge, so that sort.h can order it. */
struct entry {
    struct table_row row; /* the first member: a list of rows is a list of entries */
    const struct table_row *other;
    int is_count_only;
};

struct printer {
    const struct calls_report *report;
    FILE *stream;
    struct table_links links;
    struct entry *entries; /* with room for the longest list of edges */
    struct table_list list;
    int width;
};

static size_t edge_count(const struct table_links *links, size_t row)
{
    return links->starts[row + 1] - links->starts[row];
}

static int compare_keys(const void *left, const void *right)
{
    const struct table_row *a = &((const struct entry *)left)->row, *b = &((const struct entry *)right)->row;
    int order = strcmp(a->file, b->file);

    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static struct entry entry_of(const struct printer *printer, const struct table_edge *edge)
{
    const struct calls_report *report = printer->report;
    const struct table_row *other = &report->table->rows[table_links_other(edge, report->direction)];
    struct entry entry = {.row = *other, .other = other, .is_count_only = edge->is_count_only};

    entry.row.ncalls = edge->ncalls;
    entry.row.pcalls = edge->pcalls;
    entry.row.tottime = edge->tottime;
    entry.row.cumtime = edge->cumtime;
    entry.row.variance = edge->variance;
    entry.row.cumvariance = edge->cumvariance;
    return entry;
}

/* Fills the list with the entries of ROW, and orders them. */
static void list_entries(struct printer *printer, size_t row)
{
    size_t count = edge_count(&printer->links, row), first = printer->links.starts[row];

    for (size_t i = 0; i < count; i++)
        printer->entries[i] = entry_of(printer, printer->links.edges[first + i]);
    if (count > 0)
        qsort(printer->entries, count, sizeof *printer->entries, compare_keys);
    for (size_t i = 0; i < count; i++)
        printer->list.rows[i] = &printer->entries[i].row;
    printer->list.count = count;
    if (printer->report->edge_order.count > 0)
        sort_apply(&printer->report->edge_order, 0, &printer->list);
}

static void print_time(const struct printer *printer, double time, double variance)
{
    char text[REPORT_TIME_MAX];

    report_figure(text, printer->report->table, time, sqrt(variance), 1, printer->report->unit);
    fprintf(printer->stream, "%8s", text);
}

/* Prints ENTRY. The first one stands on the line of the function, behind the arrow. */
static void print_entry(const struct printer *printer, const struct entry *entry, int is_first)
{
    FILE *stream = printer->stream;
    char calls[REPORT_CALLS_MAX];

    if (entry->is_count_only) {
        fprintf(stream, "%*s", is_first ? 0 : printer->width + 3, "");
        text_print(stream, entry->row.text);
        fprintf(stream, "(%" PRIu64 ") ", entry->row.ncalls);
        print_time(printer, entry->other->cumtime, entry->other->cumvariance);
        fputc('\n', stream);
        return;
    }
    report_calls(calls, entry->row.ncalls, entry->row.pcalls);
    fprintf(stream, "%*s%*s ", is_first ? 0 : printer->width + 1, "", is_first ? 7 : 9, calls);
    print_time(printer, entry->row.tottime, entry->row.variance);
    fputc(' ', stream);
    print_time(printer, entry->row.cumtime, entry->row.cumvariance);
    fputs("  ", stream);
    text_print(stream, entry->row.text);
    fputc('\n', stream);
}

static void print_padded(const struct printer *printer, const char *text)
{
    int width = (int)text_width(text);

    text_print(printer->stream, text);
    fprintf(printer->stream, "%*s", width < printer->width ? printer->width - width : 0, "");
}

static void print_row(struct printer *printer, const struct table_row *row)
{
    const struct calls_report *report = printer->report;
    size_t count;

    list_entries(printer, (size_t)(row - report->table->rows));
    count = printer->list.count;
    if (report->edge_limit >= 0 && (uint64_t)report->edge_limit < count)
        count = (size_t)report->edge_limit;
    print_padded(printer, row->text);
    fputs(report->direction == TABLE_CALLERS ? "<- " : "-> ", printer->stream);
    if (count == 0)
        fputc('\n', printer->stream);
    for (size_t i = 0; i < count; i++) /* the row is the first member of an entry */
        print_entry(printer, (const struct entry *)(const void *)printer->list.rows[i], i == 0);
}

/* Chars. Names are filled up to the longest, but not further than this: a long name in a hostile file would
 * make every line as long. */
enum { COLUMN_MAX = 4096 };

/* Returns the width of the longest name. Like pstats, looks only at the listed rows if some rows are not
 * listed. */
static int longest_name(const struct calls_report *report)
{
    const struct table *table = report->table;
    size_t longest = 0, listed = 0;

    for (size_t i = 0; i < table->row_count; i++)
        listed += !table->rows[i].is_unlisted;
    int some = report->list->count < listed;
    for (size_t i = 0; i < (some ? report->list->count : table->row_count); i++) {
        const struct table_row *row = some ? report->list->rows[i] : &table->rows[i];
        size_t width = row->is_unlisted ? 0 : text_width(row->text);
        longest = width > longest ? width : longest;
    }
    return (int)(longest < COLUMN_MAX ? longest : COLUMN_MAX);
}

/* Returns 1 if the edges have times. Like pstats, looks only at the first caller of the first function that
 * has one. */
static int has_times(const struct table *table)
{
    uint32_t first = UINT32_MAX;
    int times = 0;

    for (size_t i = 0; i < table->edges.count; i++)
        if (table->edges.items[i].callee < first) {
            first = table->edges.items[i].callee;
            times = !table->edges.items[i].is_count_only;
        }
    return times;
}

static void print_heading(const struct printer *printer)
{
    const struct calls_report *report = printer->report;

    report_print_order(printer->stream, report->order, report->list);
    print_padded(printer, "Function ");
    fprintf(printer->stream, "%s\n", report->direction == TABLE_CALLERS ? "was called by..." : "called...");
    if (has_times(report->table))
        fprintf(printer->stream, "%*s    ncalls  tottime  cumtime\n", printer->width, "");
}

static int printer_init(struct printer *printer)
{
    const struct table *table = printer->report->table;
    size_t longest = 1;

    if (table_links_open(&printer->links, table, printer->report->direction) != 0)
        return -1;
    for (size_t i = 0; i < table->row_count; i++)
        longest = edge_count(&printer->links, i) > longest ? edge_count(&printer->links, i) : longest;
    printer->entries = reallocarray(NULL, longest, sizeof *printer->entries);
    printer->list.rows = reallocarray(NULL, longest, sizeof *printer->list.rows);
    printer->width = longest_name(printer->report) + 2;
    return printer->entries == NULL || printer->list.rows == NULL ? -1 : 0;
}

static void printer_free(struct printer *printer)
{
    table_links_close(&printer->links);
    free(printer->entries);
    table_list_free(&printer->list);
}

static void print_rows(struct printer *printer)
{
    const struct table_list *list = printer->report->list;

    print_heading(printer);
    for (size_t i = 0; i < list->count; i++)
        print_row(printer, list->rows[i]);
    fputs("\n\n", printer->stream);
}

int calls_report_print(FILE *stream, const struct calls_report *report)
{
    struct printer printer = {.report = report, .stream = stream};

    if (report->list->count == 0)
        return 0;
    int result = printer_init(&printer);
    if (result == 0)
        print_rows(&printer);
    printer_free(&printer);
    return result;
}
