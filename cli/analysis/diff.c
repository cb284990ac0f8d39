/*
 * diff.c - what has changed between two tables. See diff.h.
 */
#include "cli/analysis/diff.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/text.h"
#include "cli/report/csv.h"
#include "cli/table/match.h"

static const struct table_row NOTHING;

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* Appends a row that is shown by the name and place of SHOWN. */
static void append(struct diff *diff, const struct table_row *shown, const struct table_row *before,
                   const struct table_row *now)
{
    struct diff_row *row = &diff->rows[diff->count++];

    *row = (struct diff_row){.row = *shown, .before = before, .now = now};
    const struct table_row *old = before != NULL ? before : &NOTHING, *new = now != NULL ? now : &NOTHING;
    row->row.ncalls = distance(old->ncalls, new->ncalls);
    row->row.pcalls = distance(old->pcalls, new->pcalls);
    row->row.tottime = fabs(new->tottime - old->tottime);
    row->row.cumtime = fabs(new->cumtime - old->cumtime);
}

/* MATCHES has the old row of each new one; FOUND, one for each old row, is zeroed. */
static void fill(struct diff *diff, const struct table_list *before, const struct table_list *now,
                 const uint32_t *matches, unsigned char *found)
{
    for (size_t i = 0; i < now->count; i++) {
        if (matches[i] == MATCH_NONE) {
            append(diff, now->rows[i], NULL, now->rows[i]);
            continue;
        }
        found[matches[i]] = 1;
        append(diff, now->rows[i], before->rows[matches[i]], now->rows[i]);
    }
    for (size_t i = 0; i < before->count; i++)
        if (!found[i])
            append(diff, before->rows[i], before->rows[i], NULL);
}

static int match(struct diff *diff, const struct table_list *before, const struct table_list *now)
{
    const struct match_rows old = {before->rows, before->count}, new = {now->rows, now->count};
    uint32_t *matches = calloc(now->count + 1, sizeof *matches);
    unsigned char *found = calloc(before->count + 1, 1);
    int result = -1;

    diff->rows = calloc(before->count + now->count + 1, sizeof *diff->rows);
    if (matches != NULL && found != NULL && diff->rows != NULL)
        result = match_rows(&new, &old, MATCH_LOOSE, matches);
    if (result == 0)
        fill(diff, before, now, matches, found);
    free(matches);
    free(found);
    return result;
}

int diff_open(struct diff *diff, const struct table *before, const struct table *now, struct message *message)
{
    struct table_list old = {0}, new = {0};
    int result = -1;

    *diff = (struct diff){.before = before, .now = now};
    if (table_list(before, &old, message) == 0 && table_list(now, &new, message) == 0)
        result = match(diff, &old, &new);
    table_list_free(&old);
    table_list_free(&new);
    return result == 0 ? 0 : message_no_memory(message);
}

int diff_list(const struct diff *diff, struct table_list *list, struct message *message)
{
    *list = (struct table_list){.rows = calloc(diff->count + 1, sizeof *list->rows), .count = diff->count};
    if (list->rows == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < diff->count; i++)
        list->rows[i] = &diff->rows[i].row;
    return 0;
}

static void print_count(FILE *stream, uint64_t before, uint64_t now)
{
    char text[32];

    snprintf(text, sizeof text, "%c%" PRIu64, now < before ? '-' : '+', distance(before, now));
    fprintf(stream, "%9s", text);
}

static void print_change(FILE *stream, double before, double now, enum report_unit unit)
{
    char text[REPORT_TIME_MAX], with_sign[REPORT_TIME_MAX + 1];

    report_time(text, now - before, unit);
    snprintf(with_sign, sizeof with_sign, "%s%s", now > before ? "+" : "", text);
    fprintf(stream, " %9s", with_sign);
}

static void print_percent(FILE *stream, double before, double now)
{
    char text[REPORT_TIME_MAX] = "";

    if (before > 0)
        snprintf(text, sizeof text, "%+.1f%%", (now - before) / before * 100);
    fprintf(stream, " %7s", text);
}

static double per_call(double time, uint64_t calls)
{
    return calls > 0 ? time / (double)calls : 0;
}

/* A time, its change in percent or what became of the function, and the time per call. */
static void print_times(FILE *stream, const double times[2], const uint64_t calls[2], const char *became,
                        enum report_unit unit)
{
    print_change(stream, times[0], times[1], unit);
    if (became != NULL)
        fprintf(stream, " %7s", became);
    else
        print_percent(stream, times[0], times[1]);
    print_change(stream, per_call(times[0], calls[0]), per_call(times[1], calls[1]), unit);
}

static void print_row(FILE *stream, const struct diff_row *row, enum report_unit unit)
{
    const struct table_row *old = row->before != NULL ? row->before : &NOTHING;
    const struct table_row *new = row->now != NULL ? row->now : &NOTHING;
    const char *became = row->before == NULL ? "new" : row->now == NULL ? "gone" : NULL;

    print_count(stream, old->ncalls, new->ncalls);
    print_times(stream, (double[]){old->tottime, new->tottime}, (uint64_t[]){old->ncalls, new->ncalls},
                became, unit);
    print_times(stream, (double[]){old->cumtime, new->cumtime}, (uint64_t[]){old->pcalls, new->pcalls},
                became, unit);
    fputc(' ', stream);
    text_print(stream, row->row.text);
    fputc('\n', stream);
}

/* What the old file's totals were. */
static void print_before(FILE *stream, const struct diff *diff, const struct report *report)
{
    char time[REPORT_TIME_MAX];

    report_time(time, diff->before->tottime, report_unit_of(diff->before->counts, report->unit));
    fputs("   Compared with: ", stream);
    text_print(stream, report->titles[report->title_count]);
    fprintf(stream, "\n   which has %" PRIu64 " function calls in %s\n\n", diff->before->calls, time);
}

void diff_print(FILE *stream, const struct diff *diff, const struct report *report)
{
    report_print_head(stream, report);
    print_before(stream, diff, report);
    if (report->list->count == 0)
        return;
    fprintf(stream, "   Ordered by: change of %s\n", report->order);
    if (report->list->reductions != NULL)
        fputs(report->list->reductions, stream);
    fputs("\n   ncalls   tottime       %   percall   cumtime       %   percall filename:lineno(function)\n",
          stream);
    for (size_t i = 0; i < report->list->count; i++)
        print_row(stream, (const struct diff_row *)report->list->rows[i],
                  report_unit_of(diff->now->counts, report->unit));
    fputs("\n\n", stream);
}

void diff_print_csv(FILE *stream, const struct diff *diff, const struct table_list *list)
{
    const char *unit = csv_unit(diff->now->counts);

    fprintf(stream,
            "ncalls_before,ncalls,pcalls_before,pcalls,tottime%s_before,tottime%s,cumtime%s_before,cumtime%s,"
            "file,line,function,module\n",
            unit, unit, unit, unit);
    for (size_t i = 0; i < list->count; i++) {
        const struct diff_row *row = (const struct diff_row *)list->rows[i];
        const struct table_row *old = row->before != NULL ? row->before : &NOTHING;
        const struct table_row *new = row->now != NULL ? row->now : &NOTHING;
        fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.0f,%.0f,%.0f,%.0f,", old->ncalls,
                new->ncalls, old->pcalls, new->pcalls, old->tottime, new->tottime, old->cumtime,
                new->cumtime);
        csv_print_function(stream, &row->row);
        fputc('\n', stream);
    }
}

void diff_close(struct diff *diff)
{
    free(diff->rows);
    *diff = (struct diff){0};
}
