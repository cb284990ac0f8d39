/*
 * parts.c - the processes and threads of which runs consist. See parts.h.
 */
#include "cli/analysis/parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analysis/family.h"
#include "cli/base/array.h"
#include "cli/base/text.h"
#include "cli/report/csv.h"
#include "cli/ui/branches.h"

enum { NAME_COLUMNS = 16, ENDED_COLUMNS = 10, ENDED_MAX = 64 };

/* How a process ended, by enum profile_exit. */
static const char *const ENDED[] = {"", "status", "signal"};

static void add_figures(struct parts_figures *sum, const struct parts_figures *figures)
{
    sum->calls += figures->calls;
    sum->unwound += figures->unwound;
    sum->self += figures->self;
}

static double wall(uint64_t start, uint64_t end, double tick_ns)
{
    return end > start ? (double)(end - start) * tick_ns : 0;
}

static struct parts_figures thread_figures(const struct profile *profile, const struct profile_thread *thread)
{
    const struct profile_process *process = &profile->processes[thread->process];
    double tick = profile_tick(process);
    struct parts_figures figures = {.unwound = thread->unwound,
                                    .wall = wall(thread->start, thread->end, process->tick_ns)};

    for (uint32_t i = 1; i < thread->record_count; i++) {
        figures.calls += profile->records[thread->root + i].calls;
        figures.self += (double)profile_self(&profile->records[thread->root + i]) * tick;
    }
    return figures;
}

static int add_thread(struct parts *parts, const struct profile *profile, const struct profile_thread *thread,
                      const struct parts_figures *figures)
{
    const struct profile_process *process = &profile->processes[thread->process];
    struct parts_thread *added = ARRAY_APPEND(parts->threads, parts->thread_count);

    if (added == NULL)
        return -1;
    *added = (struct parts_thread){.process = thread->process,
                                   .pid = process->pid,
                                   .tid = thread->tid,
                                   .count = thread->count,
                                   .is_strand = thread->is_strand,
                                   .name = intern_string(&parts->strings, thread->name),
                                   .command = intern_string(&parts->strings, process->command),
                                   .figures = *figures};
    return added->name == NULL || added->command == NULL ? -1 : 0;
}

static int add_process(struct parts *parts, const struct profile_process *process,
                       const struct family_member *member, const struct parts_process *sums)
{
    struct parts_process *added = ARRAY_APPEND(parts->processes, parts->process_count);

    if (added == NULL)
        return -1;
    *added = *sums;
    added->pid = process->pid;
    added->parent = process->parent;
    added->command = intern_string(&parts->strings, process->command);
    added->exit = process->exit;
    added->exit_value = process->exit_value;
    added->level = member->level;
    added->is_last = member->is_last;
    added->figures.wall = wall(process->start, process->end, process->tick_ns);
    return added->command == NULL ? -1 : 0;
}

/* What is known of the profile that is being added. */
struct addition {
    struct parts *parts;
    const struct profile *profile;
    struct parts_process *sums; /* by process: of its threads */
    unsigned char *listed;      /* by process: it made calls */
    uint32_t *places;           /* by process: where it stands among the listed */
};

static int add_threads(struct addition *addition)
{
    const struct profile *profile = addition->profile;

    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        struct parts_figures figures = thread_figures(profile, thread);
        if (figures.calls == 0 && !(figures.self > 0))
            continue;
        addition->listed[thread->process] = 1;
        add_figures(&addition->sums[thread->process].figures, &figures);
        addition->parts->counts = profile_counts(&profile->processes[thread->process]);
        if (add_thread(addition->parts, profile, thread, &figures) != 0)
            return -1;
    }
    return 0;
}

static int compare_ids(const void *left, const void *right)
{
    const struct parts_thread *a = left, *b = right;

    if (a->process != b->process)
        return a->process < b->process ? -1 : 1;
    if (a->tid != b->tid)
        return a->tid < b->tid ? -1 : 1;
    return a->is_strand - b->is_strand;
}

/* Adds the stacks of coroutines, among the threads from FIRST, to the threads that ran on them; and counts
 * the threads of each process. */
static void fold_strands(struct addition *addition, size_t first)
{
    struct parts *parts = addition->parts;
    size_t kept = first;

    if (parts->thread_count > first)
        qsort(parts->threads + first, parts->thread_count - first, sizeof *parts->threads, compare_ids);
    for (size_t i = first; i < parts->thread_count; i++) {
        struct parts_thread thread = parts->threads[i], *last = &parts->threads[kept - (kept > first)];
        if (thread.is_strand && kept > first && last->process == thread.process && last->tid == thread.tid) {
            add_figures(&last->figures, &thread.figures);
            continue;
        }
        addition->sums[thread.process].threads += thread.count;
        parts->threads[kept++] = thread;
    }
    parts->thread_count = kept;
}

static int add_processes(struct addition *addition)
{
    const struct profile *profile = addition->profile;
    size_t count = 0;
    struct family_member *members = family_order(profile, addition->listed, &count);
    int failed = members == NULL;

    for (size_t i = 0; i < count && !failed; i++) {
        uint32_t process = members[i].process;
        addition->places[process] = (uint32_t)i;
        failed = add_process(addition->parts, &profile->processes[process], &members[i],
                             &addition->sums[process]) != 0;
    }
    free(members);
    return failed ? -1 : 0;
}

static int compare_threads(const void *left, const void *right)
{
    const struct parts_thread *a = left, *b = right;

    if (a->process != b->process)
        return a->process < b->process ? -1 : 1;
    if (a->figures.self != b->figures.self)
        return a->figures.self > b->figures.self ? -1 : 1;
    return (a->tid > b->tid) - (a->tid < b->tid);
}

/* Sorts the threads that were added, those from FIRST, by process as these are listed. */
static void sort_threads(struct addition *addition, size_t first)
{
    struct parts *parts = addition->parts;

    for (size_t i = first; i < parts->thread_count; i++)
        parts->threads[i].process = addition->places[parts->threads[i].process];
    if (parts->thread_count > first)
        qsort(parts->threads + first, parts->thread_count - first, sizeof *parts->threads, compare_threads);
}

int parts_add(struct parts *parts, const struct profile *profile, struct message *message)
{
    size_t count = profile->process_count + 1, first = parts->thread_count;
    struct addition addition = {.parts = parts,
                                .profile = profile,
                                .sums = calloc(count, sizeof *addition.sums),
                                .listed = calloc(count, 1),
                                .places = calloc(count, sizeof *addition.places)};
    int result = addition.sums != NULL && addition.listed != NULL && addition.places != NULL ? 0 : -1;

    if (result == 0)
        result = add_threads(&addition);
    if (result == 0) {
        fold_strands(&addition, first);
        result = add_processes(&addition);
    }
    if (result == 0)
        sort_threads(&addition, first);
    free(addition.sums);
    free(addition.listed);
    free(addition.places);
    return result == 0 ? 0 : message_no_memory(message);
}

static void print_figures(FILE *stream, const struct parts_figures *figures,
                          const struct parts_report *report)
{
    char self[REPORT_TIME_MAX], elapsed[REPORT_TIME_MAX];

    report_time(self, figures->self, report_unit_of(report->parts->counts, report->unit));
    report_time(elapsed, figures->wall, report->unit);
    fprintf(stream, " %9" PRIu64 " %8s %8s", figures->calls, self, elapsed);
    if (report->unwound)
        fprintf(stream, " %8" PRIu64, figures->unwound);
    fputs("  ", stream);
}

/* Prints TEXT, escaped, and what is missing to NAME_COLUMNS. */
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
    fputc('\n', stream);
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
    fputc('\n', stream);
}

/* How many lines the report has. */
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
        if (report->kind == PARTS_PROCESSES)
            print_process(stream, &report->parts->processes[i], report, &branches);
        else
            print_thread(stream, &report->parts->threads[i], report);
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

void parts_free(struct parts *parts)
{
    free(parts->processes);
    free(parts->threads);
    intern_free(&parts->strings);
    *parts = (struct parts){0};
}
