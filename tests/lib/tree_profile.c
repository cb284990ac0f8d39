/*
 * tree_profile.c - writes a profile with the calling contexts of a text to standard output, for tests.
 *
 * Fields are separated by tabs. In FILE and NAME, \n, \t, \\ and \xNN stand for bytes. A thread's contexts
 * follow its line. A context is called by the last one before it whose LEVEL is one less. A call to a
 * function that is on the path already is recorded as the recursion that it is.
 *
 *     thread TID NAME
 *     LEVEL FILE LINE NAME CALLS SELF_NS
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/array.h"
#include "cli/base/file.h"
#include "cli/files/prof_file.h"
#include "cli/model/inclusive.h"

enum { LEVELS_MAX = 1000 };

struct reader {
    struct profile profile;
    uint32_t path[LEVELS_MAX + 1]; /* by level: the last record of it; level 0 is the first below the root */
};

static void die(const char *reason)
{
    fprintf(stderr, "tree_profile: %s\n", reason);
    exit(EXIT_FAILURE);
}

/* Takes the next field of *LINE, and replaces its escapes in place. */
static char *next_field(char **line)
{
    char *field = strsep(line, "\t"), *to = field;

    if (field == NULL)
        die("a field is missing");
    for (const char *from = field; *from != '\0'; from++) {
        *to = *from;
        if (*from == '\\' && from[1] == 'x') {
            char digits[3] = {from[2], from[3], '\0'};
            *to = (char)strtol(digits, NULL, 16);
            from += 3;
        } else if (*from == '\\') {
            from++;
            *to = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from;
        }
        to++;
    }
    *to = '\0';
    return field;
}

static uint64_t next_number(char **line)
{
    return strtoull(next_field(line), NULL, 10);
}

static const char *keep(struct profile *profile, const char *text)
{
    return profile_string(profile, text, strlen(text));
}

static void add_thread(struct reader *reader, char *line)
{
    struct profile *profile = &reader->profile;
    struct profile_thread *thread = ARRAY_APPEND(profile->threads, profile->thread_count);
    struct profile_record *root = ARRAY_APPEND(profile->records, profile->record_count);

    if (thread == NULL || root == NULL)
        die("not enough memory");
    thread->tid = next_number(&line);
    thread->name = keep(profile, next_field(&line));
    thread->count = 1;
    thread->root = (uint32_t)profile->record_count - 1;
    thread->record_count = 1;
    thread->first_edge = (uint32_t)profile->edge_count;
    *root = (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE, .target = thread->root};
}

static uint32_t find_function(struct profile *profile, const char *file, uint32_t line, const char *name)
{
    struct profile_function *added;

    for (uint32_t i = 0; i < profile->function_count; i++)
        if (strcmp(profile->functions[i].name, name) == 0 && strcmp(profile->functions[i].file, file) == 0 &&
            profile->functions[i].line == line)
            return i;
    added = ARRAY_APPEND(profile->functions, profile->function_count);
    if (added == NULL)
        die("not enough memory");
    *added = (struct profile_function){.offset = 16 * profile->function_count,
                                       .name = keep(profile, name),
                                       .file = keep(profile, file),
                                       .line = line,
                                       .language = SYMBOLIZER_LANGUAGE_CXX};
    return (uint32_t)profile->function_count - 1;
}

/* Records that all calls of RECORD were nested. Their time is part of the outermost call's. */
static void add_nested(struct profile *profile, const struct profile_record *record)
{
    struct profile_thread *thread = &profile->threads[profile->thread_count - 1];
    uint32_t caller = profile->records[record->parent].function;
    struct profile_edge *edge = NULL;

    for (size_t i = thread->first_edge; i < profile->edge_count; i++)
        if (profile->edges[i].caller == caller && profile->edges[i].callee == record->function)
            edge = &profile->edges[i];
    if (edge == NULL) {
        edge = ARRAY_APPEND(profile->edges, profile->edge_count);
        if (edge == NULL)
            die("not enough memory");
        *edge = (struct profile_edge){.caller = caller, .callee = record->function};
        thread->edge_count++;
    }
    edge->nested += record->calls;
}

static void add_context(struct reader *reader, uint64_t level, char *line)
{
    struct profile *profile = &reader->profile;
    struct profile_thread *thread = &profile->threads[profile->thread_count - 1];
    uint32_t index = (uint32_t)profile->record_count;
    struct profile_record *record = ARRAY_APPEND(profile->records, profile->record_count);
    const char *file = next_field(&line);
    uint32_t number = (uint32_t)next_number(&line);

    if (record == NULL || level >= LEVELS_MAX || profile->thread_count == 0)
        die("a context is not in its place");
    record->function = find_function(profile, file, number, next_field(&line));
    record->calls = next_number(&line);
    record->self = (int64_t)next_number(&line);
    record->parent = level == 0 ? thread->root : reader->path[level - 1];
    record->target = index;
    for (uint32_t at = record->parent; at != thread->root; at = profile->records[at].parent)
        if (profile->records[at].function == record->function)
            record->target = at;
    if (record->target != index)
        add_nested(profile, record);
    reader->path[level] = record->target; /* where its callees are found */
    thread->record_count++;
}

static void read_lines(struct reader *reader)
{
    char *line = NULL, *rest;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        rest = line;
        const char *first = next_field(&rest);
        if (strcmp(first, "thread") == 0)
            add_thread(reader, rest);
        else
            add_context(reader, strtoull(first, NULL, 10), rest);
    }
    free(line);
}

int main(void)
{
    static struct profile_module module = {.file.path = "/usr/bin/program"};
    static struct profile_process process = {.pid = 4242,
                                             .command = "program",
                                             .tick_ns = 1,
                                             .timer = PROFILE_TIMER_TSC,
                                             .reads = PROFILE_READS_EVERY,
                                             .start_time = 1795828425000000000};
    static struct reader reader;
    struct profile *profile = &reader.profile;
    struct message message = {""};
    struct byte_writer out = {0};

    profile->processes = &process;
    profile->process_count = 1;
    profile->modules = &module;
    profile->module_count = 1;
    read_lines(&reader);
    for (size_t i = 0; i < profile->thread_count; i++)
        if (inclusive_sum(profile, &profile->threads[i]) != 0)
            die("not enough memory");
    if (prof_write(&out, profile, &message) != 0 || file_write(STDOUT_FILENO, out.bytes, out.size) != 0)
        die("cannot write");
    free(out.bytes);
    return EXIT_SUCCESS;
}
