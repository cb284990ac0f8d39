/*
 * parts_print.c - prints the processes and threads of runs. See parts_print.h.
 */
#include "cli/report/parts_print.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cli/base/text.h"
#include "cli/report/csv.h"
#include "cli/report/fit.h"
#include "cli/ui/branches.h"

enum { NAME_COLUMNS = 16, ENDED_COLUMNS = 10, ENDED_MAX = 64 };

/* The words for how a process ended, by enum profile_exit. */
static const char *const ENDED[] = {"", "status", "signal"};

static void print_figures(FILE *stream, const struct parts_figures *figures,
                          const struct parts_report *report)
{
    char self[REPORT_TIME_MAX], elapsed[REPORT_TIME_MAX];

    report_estimate(self, figures->self, sqrt(figures->variance),
                    report_unit_of(report->parts->counts, report->unit));
    report_time(elapsed, figures->wall, report->unit);
    fprintf(stream, " %9" PRIu64 " %8s %8s", figures->calls, self, elapsed);
    if (report->unwound)
        fprintf(stream, " %8" PRIu64, figures->unwound);
    fputs("  ", stream);
}

/* Prints TEXT, escaped, and fills it up to NAME_COLUMNS with spaces. */
static void print_padded(FILE *stream, const char *text)
{
    int column = 0;

    while (*text != '\0') {
        column += text_printable(text) > 0 ? 1 : 4;
        text += text_print_character(stream, text);
    }
    fprintf(stream, "%*s", column < NAME_COLUMNS ? NAME_COLUMNS - column : 0, "");
}

static void print_process(FILE *stream, const struct parts_process *process,
                          const struct parts_report *report, struct branches *branches)
{
    char ended[ENDED_MAX] = "";

    if (process->exit != PROFILE_EXIT_UNKNOWN)
        snprintf(ended, sizeof ended, "%s %" PRIu32, ENDED[process->exit], process->exit_value);
    fprintf(stream, "%9" PRIu64 "%9" PRIu64 "%9" PRIu64, process->pid, process->parent, process->threads);
    print_figures(stream, &process->figures, report);
    fprintf(stream, "%-*s  ", ENDED_COLUMNS, ended);
    branches_draw(stream, branches, process->level, process->is_last);
    text_print(stream, process->command);
}

static void print_thread(FILE *stream, const struct parts_thread *thread, const struct parts_report *report)
{
    fprintf(stream, "%9" PRIu64 "%9" PRIu64, thread->pid, thread->tid);
    print_figures(stream, &thread->figures, report);
    print_padded(stream, thread->name);
    fputc(' ', stream);
    if (thread->count > 1)
        fprintf(stream, "(%" PRIu64 " threads) ", thread->count);
    text_print(stream, thread->command);
}

/* Prints line INDEX of the report without its end. */
static void print_part(FILE *stream, const struct parts_report *report, size_t index,
                       struct branches *branches)
{
    if (report->kind == PARTS_PROCESSES)
        print_process(stream, &report->parts->processes[index], report, branches);
    else
        print_thread(stream, &report->parts->threads[index], report);
}

/* Prints line INDEX of the report, cut if a terminal has no room for it. */
static void print_line(FILE *stream, const struct parts_report *report, size_t index,
                       struct branches *branches)
{
    char *line = NULL;
    size_t size;
    FILE *whole = report->width > 0 ? open_memstream(&line, &size) : NULL;

    if (whole == NULL) {
        print_part(stream, report, index, branches);
        fputc('\n', stream);
        return;
    }
    print_part(whole, report, index, branches);
    if (fclose(whole) == 0)
        fit_print_line(stream, line, report->width, SIZE_MAX);
    free(line);
}

/* Returns the number of lines that the report has. */
static size_t count_lines(const struct parts_report *report)
{
    size_t count =
        report->kind == PARTS_PROCESSES ? report->parts->process_count : report->parts->thread_count;

    return report->limit >= 0 && (uint64_t)report->limit < count ? (size_t)report->limit : count;
}

void parts_print(FILE *stream, const struct parts_report *report)
{
    struct branches branches = {.utf8 = branches_locale_is_utf8()};
    const char *unwound = report->unwound ? "  unwound" : "";

    if (report->kind == PARTS_PROCESSES)
        fprintf(stream, "      pid   parent  threads    ncalls  tottime     wall%s  ended       command\n",
                unwound);
    else
        fprintf(stream, "      pid      tid    ncalls  tottime     wall%s  thread           command\n",
                unwound);
    for (size_t i = 0; i < count_lines(report); i++)
        print_line(stream, report, i, &branches);
    fputs("\n\n", stream);
}

static void print_figures_csv(FILE *stream, const struct parts_figures *figures)
{
    fprintf(stream, ",%" PRIu64 ",%.0f,%.0f,%" PRIu64 ",", figures->calls, figures->self, figures->wall,
            figures->unwound);
}

static void print_process_csv(FILE *stream, const struct parts_process *process)
{
    fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%" PRIu64, process->pid, process->parent, process->threads);
    print_figures_csv(stream, &process->figures);
    fprintf(stream, "%s,%" PRIu32 ",", ENDED[process->exit], process->exit_value);
    csv_print_field(stream, process->command);
    fputc('\n', stream);
}

static void print_thread_csv(FILE *stream, const struct parts_thread *thread)
{
    fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%" PRIu64, thread->pid, thread->tid, thread->count);
    print_figures_csv(stream, &thread->figures);
    csv_print_field(stream, thread->name);
    fputc(',', stream);
    csv_print_field(stream, thread->command);
    fputc('\n', stream);
}

void parts_print_csv(FILE *stream, const struct parts_report *report)
{
    const char *unit = csv_unit(report->parts->counts);

    if (report->kind == PARTS_PROCESSES)
        fprintf(stream, "pid,parent,threads,ncalls,tottime%s,wall_ns,unwound,ended,value,command\n", unit);
    else
        fprintf(stream, "pid,tid,threads,ncalls,tottime%s,wall_ns,unwound,thread,command\n", unit);
    for (size_t i = 0; i < count_lines(report); i++)
        if (report->kind == PARTS_PROCESSES)
            print_process_csv(stream, &report->parts->processes[i]);
        else
            print_thread_csv(stream, &report->parts->threads[i]);
}
