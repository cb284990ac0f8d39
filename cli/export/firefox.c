/*
 * firefox.c - writes the processed format of the Firefox Profiler, version 57, for
 * https://profiler.firefox.com. See
 * https://github.com/firefox-devtools/profiler/blob/main/docs-developer/processed-profile-format.md.
 *
 * Each context is a stack and a sample with its weight. The times of the samples are made up: they follow
 * each other, each as long as its weight. Functions are numbered in each thread anew.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/intern.h"
#include "cli/export/exporters.h"
#include "cli/export/json_write.h"
#include "cli/export/labels.h"
#include "cli/export/put.h"
#include "cli/export/weight.h"
#include "cli/ui/version.h"

#define NONE JSON_NONE

enum { VERSION_PROCESSED = 57, VERSION_GECKO = 32 };

/* Figures as they are written. Strings are numbers of the profile's. */
struct function {
    uint32_t name, file, line, resource;
};

struct stack {
    uint32_t frame, prefix;
};

struct sample {
    uint32_t stack;
    uint64_t time, weight; /* ns, or what the weight counts */
};

struct writer {
    struct json_writer out;
    const struct export *export;
    unsigned char *shared; /* labels_shared() */
    struct intern strings; /* of the profile */
    struct intern modules; /* the paths of the libraries that functions were met in */
    uint32_t
        *numbers; /* by row: its function in this thread; NONE: it has none. Behind the rows: left out. */
    struct function *functions; /* of this thread */
    size_t function_count;
    struct stack *stacks; /* of this thread, by context */
    struct sample *samples;
    int failed; /* there was not enough memory */
};

static uint32_t string_number(struct writer *writer, const char *text)
{
    uint32_t number = intern_number(&writer->strings, text);

    writer->failed |= number == HASH_NONE;
    return number;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* Returns the number of the module of PATH among the libraries and resources; NONE if there is none. */
static uint32_t module_number(struct writer *writer, const char *path)
{
    uint32_t number = *path != '\0' ? intern_number(&writer->modules, path) : NONE;

    writer->failed |= number == HASH_NONE && *path != '\0';
    return number;
}

/* --- the tables of a thread --- */

/* Gives ROW, which may be CONTEXT_NONE, a function of this thread, unless it has one. Returns its number. */
static uint32_t function_number(struct writer *writer, uint32_t row)
{
    const struct table *table = writer->export->table;
    uint32_t *number = &writer->numbers[row == CONTEXT_NONE ? table->row_capacity : row];
    struct function *function = &writer->functions[writer->function_count];
    char *label;

    if (*number != NONE)
        return *number;
    label = labels_function(writer->export, writer->shared, row);
    writer->failed |= label == NULL;
    *function = (struct function){.name = string_number(writer, label != NULL ? label : ""),
                                  .file = NONE,
                                  .line = NONE,
                                  .resource = NONE};
    free(label);
    if (row != CONTEXT_NONE && table->rows[row].has_source) {
        function->file = string_number(writer, table->rows[row].file);
        function->line = table->rows[row].line;
    }
    if (row != CONTEXT_NONE)
        function->resource = module_number(writer, table->rows[row].module);
    *number = (uint32_t)writer->function_count++;
    return *number;
}

/* Fills the tables of the thread whose contexts are those from FIRST up to END. Returns the number of
 * samples. */
static size_t fill_tables(struct writer *writer, uint32_t first, uint32_t end)
{
    uint64_t time = 0;
    size_t count = 0;

    for (size_t i = 0; i <= writer->export->table->row_capacity; i++)
        writer->numbers[i] = NONE;
    writer->function_count = 0;
    for (uint32_t i = first; i < end && !writer->failed; i++) {
        const struct context *context = &writer->export->contexts->items[i];
        uint64_t weight = weight_of(writer->export, context);

        writer->stacks[i - first] =
            (struct stack){.frame = function_number(writer, context->row),
                           .prefix = context->parent == CONTEXT_NONE ? NONE : context->parent - first};
        if (weight > 0)
            writer->samples[count++] = (struct sample){.stack = i - first, .time = time, .weight = weight};
        time += weight;
    }
    return count;
}

/* Writes a column of COUNT times VALUE. */
static void put_constant(struct json_writer *out, const char *name, const char *value, size_t count)
{
    json_list(out, name);
    for (size_t i = 0; i < count; i++) {
        json_item(out, i);
        put_text(out->stream, value);
    }
    json_list_close(out);
}

/* Writes a column of the numbers from 0 up to, not including, COUNT. */
static void put_places(struct json_writer *out, const char *name, size_t count)
{
    json_list(out, name);
    for (size_t i = 0; i < count; i++) {
        json_item(out, i);
        put_number(out->stream, i);
    }
    json_list_close(out);
}

static void put_samples(struct writer *writer, size_t count)
{
    static const struct json_column columns[] = {
        {"stack", offsetof(struct sample, stack), JSON_LINE, 0},
        {"time", offsetof(struct sample, time), JSON_MILLISECONDS, 0},
    };
    static const struct json_column counts = {"weight", offsetof(struct sample, weight), JSON_COUNT, 0};
    static const struct json_column times = {"weight", offsetof(struct sample, weight), JSON_MILLISECONDS, 0};
    const struct json_figures figures = {writer->samples, count, sizeof *writer->samples};
    int has_times = weight_is_time(writer->export);

    json_open(&writer->out, "samples");
    json_columns(&writer->out, columns, ARRAY_COUNT(columns), figures, 0);
    json_columns(&writer->out, has_times ? &times : &counts, 1, figures, 0);
    json_string(&writer->out, "weightType", has_times ? "tracing-ms" : "samples");
    json_count(&writer->out, "length", count);
    json_close(&writer->out);
}

static void put_stacks(struct writer *writer, size_t count)
{
    static const struct json_column columns[] = {
        {"frame", offsetof(struct stack, frame), JSON_LINE, 0},
        {"prefix", offsetof(struct stack, prefix), JSON_INDEX, 0},
    };

    json_open(&writer->out, "stackTable");
    json_columns(&writer->out, columns, ARRAY_COUNT(columns),
                 (struct json_figures){writer->stacks, count, sizeof *writer->stacks}, 0);
    put_constant(&writer->out, "category", "0", count);
    put_constant(&writer->out, "subcategory", "0", count);
    json_count(&writer->out, "length", count);
    json_close(&writer->out);
}

/* A frame is a function: its number is that of the function. */
static void put_frames(struct writer *writer)
{
    static const struct json_column line = {"line", offsetof(struct function, line), JSON_INDEX, 0};
    static const char *const unknown[] = {"innerWindowID", "column", "nativeSymbol"};
    size_t count = writer->function_count;

    json_open(&writer->out, "frameTable");
    put_places(&writer->out, "func", count);
    json_columns(&writer->out, &line, 1,
                 (struct json_figures){writer->functions, count, sizeof *writer->functions}, 0);
    put_constant(&writer->out, "address", "-1", count);
    put_constant(&writer->out, "inlineDepth", "0", count);
    put_constant(&writer->out, "category", "0", count);
    put_constant(&writer->out, "subcategory", "0", count);
    for (size_t i = 0; i < ARRAY_COUNT(unknown); i++)
        put_constant(&writer->out, unknown[i], "null", count);
    json_count(&writer->out, "length", count);
    json_close(&writer->out);
}

static void put_functions(struct writer *writer)
{
    static const struct json_column columns[] = {
        {"name", offsetof(struct function, name), JSON_LINE, 0},
        {"fileName", offsetof(struct function, file), JSON_INDEX, 0},
        {"lineNumber", offsetof(struct function, line), JSON_INDEX, 0},
        {"resource", offsetof(struct function, resource), JSON_PLACE, 0},
    };
    size_t count = writer->function_count;

    json_open(&writer->out, "funcTable");
    json_columns(&writer->out, columns, ARRAY_COUNT(columns),
                 (struct json_figures){writer->functions, count, sizeof *writer->functions}, 0);
    put_constant(&writer->out, "isJS", "false", count);
    put_constant(&writer->out, "relevantForJS", "false", count);
    put_constant(&writer->out, "columnNumber", "null", count);
    json_count(&writer->out, "length", count);
    json_close(&writer->out);
}

/* Writes a resource for each library that was met so far. */
static void put_resources(struct writer *writer)
{
    size_t count = writer->modules.count;

    json_open(&writer->out, "resourceTable");
    put_places(&writer->out, "lib", count);
    json_list(&writer->out, "name");
    for (size_t i = 0; i < count; i++) {
        json_item(&writer->out, i);
        put_number(writer->out.stream, string_number(writer, base_name(writer->modules.strings[i])));
    }
    json_list_close(&writer->out);
    put_constant(&writer->out, "host", "null", count);
    put_constant(&writer->out, "type", "1", count);
    json_count(&writer->out, "length", count);
    json_close(&writer->out);
}

/* Writes the table NAME without rows. */
static void put_empty(struct json_writer *out, const char *name, const char *const *columns)
{
    json_open(out, name);
    for (; *columns != NULL; columns++)
        put_constant(out, *columns, "", 0);
    json_count(out, "length", 0);
    json_close(out);
}

/* --- threads --- */

static void put_number_text(struct json_writer *out, const char *name, uint64_t number)
{
    json_name(out, name);
    putc_unlocked('"', out->stream);
    put_number(out->stream, number);
    putc_unlocked('"', out->stream);
}

static void put_about_thread(struct writer *writer, uint32_t t)
{
    const struct profile *profile = writer->export->profile;
    const struct profile_thread *thread = &profile->threads[t];
    const struct profile_process *process = &profile->processes[thread->process];
    struct json_writer *out = &writer->out;
    char *label = labels_thread(writer->export, t);

    writer->failed |= label == NULL;
    json_name(out, "name");
    put_json_string(out->stream, label != NULL ? label : "");
    free(label);
    json_name(out, "processName");
    put_json_string(out->stream, process->command);
    json_string(out, "processType", "default");
    json_name(out, "isMainThread");
    put_text(out->stream, t == 0 || profile->threads[t - 1].process != thread->process ? "true" : "false");
    put_number_text(out, "pid", process->pid);
    json_count(out, "tid", thread->tid != 0 ? thread->tid : t);
    json_count(out, "processStartupTime", 0);
    json_null(out, "processShutdownTime");
    json_count(out, "registerTime", 0);
    json_null(out, "unregisterTime");
    put_constant(out, "pausedRanges", "", 0);
    json_name(out, "showMarkersInTimeline");
    put_text(out->stream, "false");
}

/* Writes the thread whose contexts are those from FIRST up to END. */
static void put_thread(struct writer *writer, uint32_t first, uint32_t end)
{
    static const char *const symbols[] = {"libIndex", "address", "name", "functionSize", NULL};
    static const char *const markers[] = {"data", "name", "startTime", "endTime", "phase", "category", NULL};
    size_t samples = fill_tables(writer, first, end);

    put_text(writer->out.stream, first > 0 ? ",\n" : "\n");
    json_open(&writer->out, NULL);
    put_about_thread(writer, writer->export->contexts->items[first].thread);
    put_samples(writer, samples);
    put_stacks(writer, end - first);
    put_frames(writer);
    put_functions(writer);
    put_resources(writer);
    put_empty(&writer->out, "nativeSymbols", symbols);
    put_empty(&writer->out, "markers", markers);
    json_close(&writer->out);
}

static void put_threads(struct writer *writer)
{
    const struct contexts *contexts = writer->export->contexts;
    uint32_t first = 0;

    json_list(&writer->out, "threads");
    for (uint32_t i = 1; i <= contexts->count && !writer->failed; i++)
        if (i == contexts->count || contexts->items[i].thread != contexts->items[first].thread) {
            put_thread(writer, first, i);
            first = i;
        }
    json_list_close(&writer->out);
}

/* --- the document --- */

static void put_libraries(struct writer *writer)
{
    struct json_writer *out = &writer->out;

    json_list(out, "libs");
    for (size_t i = 0; i < writer->modules.count; i++) {
        const char *path = writer->modules.strings[i];

        put_text(out->stream, i > 0 ? ",\n" : "\n");
        json_open(out, NULL);
        json_string(out, "name", base_name(path));
        json_string(out, "path", path);
        json_string(out, "debugName", base_name(path));
        json_string(out, "debugPath", path);
        json_name(out, "breakpadId");
        put_text(out->stream, "\"\"");
        json_null(out, "codeId");
        json_name(out, "arch");
        put_text(out->stream, "\"\"");
        json_close(out);
    }
    json_list_close(out);
}

static void put_meta(struct writer *writer)
{
    const struct profile *profile = writer->export->profile;
    const struct profile_process *process = profile->process_count > 0 ? &profile->processes[0] : NULL;
    struct json_writer *out = &writer->out;

    json_open(out, "meta");
    json_name(out, "product");
    put_json_string(out->stream, process != NULL && *process->command != '\0' ? process->command : "profile");
    json_name(out, "startTime");
    put_milliseconds(out->stream,
                     process != NULL && process->start_time > 0 ? (uint64_t)process->start_time : 0);
    json_count(out, "interval", 1);
    json_count(out, "processType", 0);
    json_count(out, "stackwalk", 1);
    json_count(out, "version", VERSION_GECKO);
    json_count(out, "preprocessedProfileVersion", VERSION_PROCESSED);
    json_string(out, "importedFrom", "stats " PROFILE_VERSION);
    json_name(out, "categories");
    put_text(out->stream, "[{\"name\":\"Other\",\"color\":\"grey\",\"subcategories\":[\"Other\"]}]");
    put_constant(out, "markerSchema", "", 0);
    json_name(out, "symbolicated");
    put_text(out->stream, "true");
    json_name(out, "usesOnlyOneStackType");
    put_text(out->stream, "true");
    json_name(out, "keepProfileThreadOrder");
    put_text(out->stream, "true");
    json_close(out);
}

/* Returns 0, or -1 without memory. */
static int put_document(struct writer *writer)
{
    size_t rows = writer->export->table->row_capacity + 1, contexts = writer->export->contexts->count + 1;

    writer->shared = labels_shared(writer->export->table);
    writer->numbers = reallocarray(NULL, rows, sizeof *writer->numbers);
    writer->functions = reallocarray(NULL, rows, sizeof *writer->functions);
    writer->stacks = reallocarray(NULL, contexts, sizeof *writer->stacks);
    writer->samples = reallocarray(NULL, contexts, sizeof *writer->samples);
    if (writer->shared == NULL || writer->numbers == NULL || writer->functions == NULL ||
        writer->stacks == NULL || writer->samples == NULL)
        return -1;
    json_open(&writer->out, NULL);
    put_meta(writer);
    put_constant(&writer->out, "pages", "", 0);
    put_threads(writer);
    put_libraries(writer); /* that the threads have met, as the strings */
    json_open(&writer->out, "shared");
    json_strings(&writer->out, "stringArray", writer->strings.strings, writer->strings.count);
    json_close(&writer->out);
    json_close(&writer->out);
    putc_unlocked('\n', writer->out.stream);
    return writer->failed ? -1 : 0;
}

int export_firefox(FILE *stream, const struct export *export, struct message *message)
{
    struct writer writer = {.out.stream = stream, .export = export};
    int result = weight_check(export, message);

    if (result == 0 && put_document(&writer) != 0)
        result = message_no_memory(message);
    free(writer.shared);
    intern_free(&writer.strings);
    intern_free(&writer.modules);
    free(writer.numbers);
    free(writer.functions);
    free(writer.stacks);
    free(writer.samples);
    return result;
}
