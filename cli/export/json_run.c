/*
 * json_run.c - writes the member "run" of a profile in JSON. See json_run.h.
 */
#include "cli/export/json_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/accuracy.h"
#include "cli/report/head.h"
#include "cli/report/notes.h"

/* Writes the member NAME: VALUE if the process ended as KIND, otherwise null. */
static void put_exit(struct json_writer *out, const char *name, const struct profile_process *process,
                     enum profile_exit kind)
{
    if (process != NULL && process->exit == kind)
        json_count(out, name, process->exit_value);
    else
        json_null(out, name);
}

/* Writes the line that PRINT prints of the table; null if that is empty. Returns 0, or -1 without memory. */
static int put_line(struct json_writer *out, const char *name, const struct table *table,
                    void (*print)(FILE *, const struct table *))
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return -1;
    print(stream, table);
    if (fclose(stream) != 0)
        return -1;
    json_string(out, name, text);
    free(text);
    return 0;
}

/* Adds the lines of TEXT to LINES, each without the BEFORE that it begins with. Returns 0, or -1 without
 * memory. */
static int add_lines(struct strings *lines, const char *text, const char *before)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n"), skipped = strlen(before);
        if (strncmp(text, before, skipped) != 0)
            skipped = 0;
        if (strings_add(lines, text + skipped, length - skipped) != 0)
            return -1;
        text += length + (text[length] == '\n');
    }
    return 0;
}

/* Writes what `stats` prints of the run on standard error. Returns 0, or -1 without memory. */
static int put_warnings(struct json_writer *out, const struct inputs *inputs)
{
    struct strings lines = {0};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    int result = stream == NULL ? -1 : 0;

    for (size_t i = 0; i < inputs->warnings.printed.count && result == 0; i++)
        result = add_lines(&lines, inputs->warnings.printed.strings[i], "");
    if (stream != NULL) {
        notes_print(&inputs->notes, "stats", stream);
        if (fclose(stream) != 0 || result != 0 || add_lines(&lines, text, "stats: ") != 0)
            result = -1;
    }
    if (result == 0)
        json_strings(out, "warnings", (const char *const *)lines.items, lines.count);
    strings_free(&lines);
    free(text);
    return result;
}

static void put_samples(struct json_writer *out, const struct table *table)
{
    json_count(out, "samples", table->samples);
    json_name(out, "hooks");
    fprintf(out->stream, "%.4f", accuracy_hooks(table));
}

static void put_wall(struct json_writer *out, const struct runs *runs)
{
    int is_known = !runs->is_unknown;

    json_time(out, "runs", (double)runs->count, is_known);
    json_time(out, "processes", (double)runs->processes, is_known);
    json_time(out, "threads", (double)runs->threads, is_known);
    json_time(out, "wall", runs->wall, is_known && runs->wall > 0);
    json_time(out, "cpu", runs->cpu, is_known && !runs->lacks_cpu);
}

/* Writes the command, when it ran and how it ended, of PROCESS, which may be NULL. */
static void put_command(struct json_writer *out, const struct profile_process *process)
{
    json_string(out, "command", process != NULL ? process->command : NULL);
    json_date(out, "date", process != NULL ? process->start_time : 0);
    json_null(out, "host");
    put_exit(out, "exit_status", process, PROFILE_EXIT_STATUS);
    put_exit(out, "signal", process, PROFILE_EXIT_SIGNAL);
}

int json_put_run(struct json_writer *out, const struct export *export)
{
    const struct profile *profile = export->profile;
    const struct table *table = export->table;

    json_open(out, "run");
    json_strings(out, "inputs", (const char *const *)export->paths, export->inputs->count);
    put_command(out, profile != NULL && profile->process_count > 0 ? &profile->processes[0] : NULL);
    put_wall(out, &export->inputs->runs);
    json_count(out, "calls", table->calls);
    json_count(out, "primitive", table->primitive_calls);
    json_time(out, "self", table->tottime, 1);
    json_time(out, "self_error", sqrt(table->variance), table->variance > 0);
    if (put_line(out, "clock", table, report_print_clock) != 0 ||
        put_line(out, "times", table, accuracy_print_basis) != 0)
        return -1;
    put_samples(out, table);
    json_string(out, "filters", table->filters);
    json_strings(out, "selection", (const char *const *)export->selection->items, export->selection->count);
    if (put_warnings(out, export->inputs) != 0)
        return -1;
    json_close(out);
    return 0;
}
