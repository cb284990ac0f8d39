/*
 * model_load.c - load_file() for tests: reads a profile from a text that a test can write.
 *
 * It is linked with cli/commands/stats.c in place of cli/files/load.c. So tests compare the command with
 * Python's pstats, for example, and need no recorded profile. Each line is a function, with fields separated
 * by tabs. An empty FILE, NAME or MODULE is unknown:
 *
 *     FILE LINE NAME NCALLS PCALLS TOTTIME_NS CUMTIME_NS [MODULE [OFFSET]]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files/load.h"

static const char *next_field(char **line)
{
    const char *field = strsep(line, "\t");

    return field == NULL ? "" : field;
}

static const char *string_or_null(struct profile *profile, const char *text)
{
    return *text == '\0' ? NULL : profile_string(profile, text, strlen(text));
}

static uint64_t next_number(char **line)
{
    return strtoull(next_field(line), NULL, 10);
}

static void add_function(struct profile *profile, char *line)
{
    size_t i = profile->function_count++;
    struct profile_function *function = &profile->functions[i];
    struct profile_record *record = &profile->records[profile->record_count++];

    *function = (struct profile_function){.module = PROFILE_NONE};
    function->file = string_or_null(profile, next_field(&line));
    function->line = (uint32_t)next_number(&line);
    function->name = string_or_null(profile, next_field(&line));
    *record = (struct profile_record){.function = (uint32_t)i, .target = (uint32_t)profile->record_count - 1};
    record->calls = next_number(&line);
    profile->edges[profile->edge_count++] = (struct profile_edge){
        .caller = PROFILE_NONE, .callee = (uint32_t)i, .nested = record->calls - next_number(&line)};
    record->self = next_number(&line);
    record->inclusive = next_number(&line);
    const char *module = string_or_null(profile, next_field(&line));
    if (module != NULL) {
        function->module = (uint32_t)profile->module_count;
        profile->modules[profile->module_count++].file.path = module;
    }
    function->offset = next_number(&line);
}

/* Fills PROFILE with what the lines of STREAM say. */
static void read_lines(struct profile *profile, FILE *stream)
{
    enum { LINES_MAX = 200000 };
    char *line = NULL;
    size_t size = 0;

    *profile = (struct profile){.processes = calloc(1, sizeof *profile->processes),
                                .threads = calloc(1, sizeof *profile->threads),
                                .modules = calloc(LINES_MAX, sizeof *profile->modules),
                                .functions = calloc(LINES_MAX, sizeof *profile->functions),
                                .records = calloc(LINES_MAX + 1, sizeof *profile->records),
                                .edges = calloc(LINES_MAX, sizeof *profile->edges),
                                .process_count = 1,
                                .thread_count = 1,
                                .record_count = 1};
    profile->processes[0] = (struct profile_process){.command = "", .tick_ns = 1};
    profile->threads[0].name = "";
    profile->records[0] = (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE};
    while (getline(&line, &size, stream) > 0 && profile->function_count < LINES_MAX) {
        line[strcspn(line, "\n")] = '\0';
        add_function(profile, line);
    }
    profile->threads[0].record_count = (uint32_t)profile->record_count;
    profile->threads[0].edge_count = (uint32_t)profile->edge_count;
    free(line);
}

int load_file(struct stats_file *file, const char *path, const struct table *into, struct warnings *warnings,
              struct message *message)
{
    FILE *stream = fopen(path, "r");

    (void)into, (void)warnings;
    if (stream == NULL)
        return message_set(message, "cannot read %s: %s", path, strerror(errno));
    read_lines(&file->profile, stream);
    fclose(stream);
    return 0;
}
