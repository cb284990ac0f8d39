/*
 * json.c - writes all that `stats` knows of a profile as JSON, in columns. profile-json(5) describes it.
 *
 * A column is an array with one figure of all functions, rows, edges, threads or contexts. Tables of their
 * offsets say what is in them.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/export/exporters.h"
#include "cli/export/json_run.h"
#include "cli/export/json_write.h"
#include "cli/export/put.h"
#include "cli/ui/version.h"

#define NONE JSON_NONE

/* A function as it is written, and where its file and module stand. */
struct json_function {
    const char *name, *symbol;
    uint32_t file, line, module;
};

/* The strings of a list, each once. */
struct json_names {
    const char **items;
    size_t count;
    struct hash index; /* by address: equal strings of a table are one */
};

struct json {
    struct json_writer out;
    const struct export *export;
    uint32_t *numbers; /* by row: its function; NONE if it is not written */
    struct json_function *functions;
    size_t function_count;
    struct json_names files, modules;
};

/* Why a column may have nothing to tell. */
enum need {
    NEED_NOTHING = 0,
    NEED_ERRORS = 1,
    NEED_WAITS = 2,
    NEED_RECURSION = 4,
    NEED_UNWOUND = 8,
    NEED_LEFT_OUT = 16
};

/* --- functions --- */

static int same_address(const void *owner, uint32_t value, const void *key)
{
    return ((const struct json_names *)owner)->items[value] == *(const char *const *)key;
}

/* Returns the index of TEXT in NAMES, which gets it if it is new. Returns NONE without memory. */
static uint32_t name_index(struct json_names *names, const char *text)
{
    uint64_t hash = hash_bytes(&text, sizeof text, 0);
    uint32_t index = hash_find(&names->index, hash, (struct hash_lookup){same_address, names}, &text);

    if (index != HASH_NONE)
        return index;
    if (hash_insert(&names->index, hash, (uint32_t)names->count) != 0)
        return NONE;
    names->items[names->count] = text;
    return (uint32_t)names->count++;
}

static void mark_row(struct json *json, uint32_t row)
{
    if (row != NONE)
        json->numbers[row] = 0;
}

/* Marks the rows that are listed, that contexts have, or that call a listed one or are called by it. */
static void mark_rows(struct json *json)
{
    const struct export *export = json->export;
    const struct table_edges *edges = &export->table->edges;

    for (size_t i = 0; i < export->list->count; i++)
        mark_row(json, (uint32_t)(export->list->rows[i] - export->table->rows));
    for (size_t i = 0; export->contexts != NULL && i < export->contexts->count; i++)
        mark_row(json, export->contexts->items[i].row);
    for (size_t i = 0; !export->is_restricted && i < edges->count; i++) {
        mark_row(json, edges->items[i].caller);
        mark_row(json, edges->items[i].callee);
    }
}

static int add_function(struct json *json, const struct table_row *row)
{
    struct json_function *function = &json->functions[json->function_count++];

    *function = (struct json_function){
        .name = row->name, .symbol = row->symbol, .file = NONE, .line = row->line, .module = NONE};
    if (row->has_source && (function->file = name_index(&json->files, row->file)) == NONE)
        return -1;
    if (*row->module != '\0' && (function->module = name_index(&json->modules, row->module)) == NONE)
        return -1;
    return 0;
}

/* Numbers the functions that are to be written, in the order of the table. Returns 0, or -1 without memory.
 */
static int number_functions(struct json *json)
{
    const struct table *table = json->export->table;
    size_t room = table->row_capacity + 1;

    json->numbers = reallocarray(NULL, room, sizeof *json->numbers);
    json->functions = reallocarray(NULL, room, sizeof *json->functions);
    json->files.items = reallocarray(NULL, room, sizeof *json->files.items);
    json->modules.items = reallocarray(NULL, room, sizeof *json->modules.items);
    if (json->numbers == NULL || json->functions == NULL || json->files.items == NULL ||
        json->modules.items == NULL)
        return -1;
    memset(json->numbers, 0xff, room * sizeof *json->numbers); /* NONE */
    mark_rows(json);
    for (size_t i = 0; i < room; i++)
        if (json->numbers[i] != NONE) {
            json->numbers[i] = (uint32_t)json->function_count;
            if (add_function(json, &table->rows[i]) != 0)
                return -1;
        }
    return 0;
}

static void put_functions(struct json *json)
{
    static const struct json_column columns[] = {
        {"name", offsetof(struct json_function, name), JSON_TEXT, NEED_NOTHING},
        {"symbol", offsetof(struct json_function, symbol), JSON_TEXT, NEED_NOTHING},
        {"file", offsetof(struct json_function, file), JSON_INDEX, NEED_NOTHING},
        {"line", offsetof(struct json_function, line), JSON_LINE, NEED_NOTHING},
        {"module", offsetof(struct json_function, module), JSON_INDEX, NEED_NOTHING},
    };

    json_strings(&json->out, "files", json->files.items, json->files.count);
    json_strings(&json->out, "modules", json->modules.items, json->modules.count);
    json_open(&json->out, "functions");
    json_columns(&json->out, columns, ARRAY_COUNT(columns),
                 (struct json_figures){json->functions, json->function_count, sizeof *json->functions}, 0);
    json_close(&json->out);
}

/* --- the table --- */

static void put_row_numbers(struct json *json)
{
    const struct table_list *list = json->export->list;

    json_list(&json->out, "function");
    for (size_t i = 0; i < list->count; i++) {
        json_item(&json->out, i);
        put_number(json->out.stream, json->numbers[list->rows[i] - json->export->table->rows]);
    }
    json_list_close(&json->out);
}

static int table_knows(const struct table *table)
{
    return (table->variance > 0 ? NEED_ERRORS : 0) | (table->waits ? NEED_WAITS : 0);
}

static void put_table(struct json *json)
{
    static const struct json_column columns[] = {
        {"calls", offsetof(struct table_row, ncalls), JSON_COUNT, NEED_NOTHING},
        {"primitive", offsetof(struct table_row, pcalls), JSON_COUNT, NEED_NOTHING},
        {"self", offsetof(struct table_row, tottime), JSON_TIME, NEED_NOTHING},
        {"cumulative", offsetof(struct table_row, cumtime), JSON_TIME, NEED_NOTHING},
        {"self_error", offsetof(struct table_row, variance), JSON_ERROR, NEED_ERRORS},
        {"cumulative_error", offsetof(struct table_row, cumvariance), JSON_ERROR, NEED_ERRORS},
        {"unwound", offsetof(struct table_row, unwound), JSON_COUNT, NEED_NOTHING},
        {"waited", offsetof(struct table_row, waittime), JSON_TIME, NEED_WAITS},
        {"cumulative_waited", offsetof(struct table_row, cumwait), JSON_TIME, NEED_WAITS},
    };
    const struct table_list *list = json->export->list;

    json_open(&json->out, "table");
    put_row_numbers(json);
    json_columns(&json->out, columns, ARRAY_COUNT(columns), (struct json_figures){list->rows, list->count, 0},
                 table_knows(json->export->table));
    json_close(&json->out);
}

/* --- edges --- */

/* Writes the edges between functions that are written. Returns 0, or -1 without memory. */
static int put_edges(struct json *json)
{
    static const struct json_column columns[] = {
        {"caller", offsetof(struct table_edge, caller), JSON_ROW, NEED_NOTHING},
        {"callee", offsetof(struct table_edge, callee), JSON_ROW, NEED_NOTHING},
        {"calls", offsetof(struct table_edge, ncalls), JSON_COUNT, NEED_NOTHING},
        {"primitive", offsetof(struct table_edge, pcalls), JSON_COUNT, NEED_NOTHING},
        {"self", offsetof(struct table_edge, tottime), JSON_TIME, NEED_NOTHING},
        {"cumulative", offsetof(struct table_edge, cumtime), JSON_TIME, NEED_NOTHING},
        {"self_error", offsetof(struct table_edge, variance), JSON_ERROR, NEED_ERRORS},
        {"cumulative_error", offsetof(struct table_edge, cumvariance), JSON_ERROR, NEED_ERRORS},
    };
    const struct table_edges *edges = &json->export->table->edges;
    const struct table_edge **kept = reallocarray(NULL, edges->count + 1, sizeof *kept);
    size_t count = 0;

    if (kept == NULL)
        return -1;
    for (size_t i = 0; i < edges->count; i++)
        if (json->numbers[edges->items[i].caller] != NONE && json->numbers[edges->items[i].callee] != NONE)
            kept[count++] = &edges->items[i];
    json_open(&json->out, "edges");
    json_columns(&json->out, columns, ARRAY_COUNT(columns), (struct json_figures){kept, count, 0},
                 table_knows(json->export->table));
    json_close(&json->out);
    free(kept);
    return 0;
}

/* --- processes, threads and contexts --- */

/* The figures of processes and threads that are not in the model as they are written. */
struct json_process {
    uint64_t pid, parent;
    const char *command;
    int64_t start;
    double wall, cpu;
    uint32_t status, signal; /* NONE: unknown */
};

struct json_thread {
    uint32_t process;
    uint64_t tid, count;
    const char *name;
    double wall;
    int is_strand;
};

static struct json_process describe_process(const struct profile_process *process)
{
    return (struct json_process){
        .pid = process->pid,
        .parent = process->parent,
        .command = process->command,
        .start = process->start_time,
        .wall = (double)profile_elapsed(process->start, process->end) * process->tick_ns,
        .cpu = process->cpu,
        .status = process->exit == PROFILE_EXIT_STATUS ? process->exit_value : NONE,
        .signal = process->exit == PROFILE_EXIT_SIGNAL ? process->exit_value : NONE,
    };
}

/* Returns 0, or -1 without memory. */
static int put_processes(struct json *json)
{
    static const struct json_column columns[] = {
        {"pid", offsetof(struct json_process, pid), JSON_COUNT, NEED_NOTHING},
        {"parent", offsetof(struct json_process, parent), JSON_COUNT, NEED_NOTHING},
        {"command", offsetof(struct json_process, command), JSON_TEXT, NEED_NOTHING},
        {"start", offsetof(struct json_process, start), JSON_DATE, NEED_NOTHING},
        {"wall", offsetof(struct json_process, wall), JSON_KNOWN, NEED_NOTHING},
        {"cpu", offsetof(struct json_process, cpu), JSON_KNOWN, NEED_NOTHING},
        {"exit_status", offsetof(struct json_process, status), JSON_INDEX, NEED_NOTHING},
        {"signal", offsetof(struct json_process, signal), JSON_INDEX, NEED_NOTHING},
    };
    const struct profile *profile = json->export->profile;
    struct json_process *processes = reallocarray(NULL, profile->process_count + 1, sizeof *processes);

    if (processes == NULL)
        return -1;
    for (size_t i = 0; i < profile->process_count; i++)
        processes[i] = describe_process(&profile->processes[i]);
    json_open(&json->out, "processes");
    json_columns(&json->out, columns, ARRAY_COUNT(columns),
                 (struct json_figures){processes, profile->process_count, sizeof *processes}, 0);
    json_close(&json->out);
    free(processes);
    return 0;
}

/* Returns 0, or -1 without memory. */
static int put_threads(struct json *json)
{
    static const struct json_column columns[] = {
        {"process", offsetof(struct json_thread, process), JSON_INDEX, NEED_NOTHING},
        {"id", offsetof(struct json_thread, tid), JSON_COUNT, NEED_NOTHING},
        {"name", offsetof(struct json_thread, name), JSON_TEXT, NEED_NOTHING},
        {"count", offsetof(struct json_thread, count), JSON_COUNT, NEED_NOTHING},
        {"wall", offsetof(struct json_thread, wall), JSON_KNOWN, NEED_NOTHING},
        {"coroutine", offsetof(struct json_thread, is_strand), JSON_FLAG, NEED_NOTHING},
    };
    const struct profile *profile = json->export->profile;
    struct json_thread *threads = reallocarray(NULL, profile->thread_count + 1, sizeof *threads);

    if (threads == NULL)
        return -1;
    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        double tick = profile->processes[thread->process].tick_ns;

        threads[i] = (struct json_thread){.process = thread->process,
                                          .tid = thread->tid,
                                          .count = thread->count,
                                          .name = thread->name,
                                          .wall = (double)profile_elapsed(thread->start, thread->end) * tick,
                                          .is_strand = thread->is_strand};
    }
    json_open(&json->out, "threads");
    json_columns(&json->out, columns, ARRAY_COUNT(columns),
                 (struct json_figures){threads, profile->thread_count, sizeof *threads}, 0);
    json_close(&json->out);
    free(threads);
    return 0;
}

static void put_contexts(struct json *json)
{
    static const struct json_column columns[] = {
        {"parent", offsetof(struct context, parent), JSON_INDEX, NEED_NOTHING},
        {"function", offsetof(struct context, row), JSON_ROW, NEED_NOTHING},
        {"thread", offsetof(struct context, thread), JSON_INDEX, NEED_NOTHING},
        {"recursive", offsetof(struct context, recursive), JSON_INDEX, NEED_RECURSION},
        {"calls", offsetof(struct context, calls), JSON_COUNT, NEED_NOTHING},
        {"self", offsetof(struct context, self), JSON_COUNT, NEED_NOTHING},
        {"cumulative", offsetof(struct context, cumulative), JSON_TIME, NEED_NOTHING},
        {"self_error", offsetof(struct context, self_error), JSON_FLOAT, NEED_ERRORS},
        {"total_error", offsetof(struct context, total_error), JSON_FLOAT, NEED_ERRORS},
        {"unwound", offsetof(struct context, unwound), JSON_COUNT, NEED_UNWOUND},
        {"waited", offsetof(struct context, waited), JSON_COUNT, NEED_WAITS},
        {"left_out", offsetof(struct context, left_out), JSON_LINE, NEED_LEFT_OUT},
    };
    const struct contexts *contexts = json->export->contexts;
    int known = (contexts->has_errors ? NEED_ERRORS : 0) | (contexts->has_recursion ? NEED_RECURSION : 0) |
                (contexts->has_unwound ? NEED_UNWOUND : 0) | (contexts->left_out > 0 ? NEED_LEFT_OUT : 0) |
                (json->export->table->waits ? NEED_WAITS : 0);

    json_open(&json->out, "contexts");
    json_columns(&json->out, columns, ARRAY_COUNT(columns),
                 (struct json_figures){contexts->items, contexts->count, sizeof *contexts->items}, known);
    json_close(&json->out);
}

/* Returns 0, or -1 without memory. */
static int put_tree(struct json *json)
{
    if (json->export->contexts == NULL) {
        json_null(&json->out, "processes");
        json_null(&json->out, "threads");
        json_null(&json->out, "contexts");
        return 0;
    }
    if (put_processes(json) != 0 || put_threads(json) != 0)
        return -1;
    put_contexts(json);
    return 0;
}

/* Returns 0, or -1 without memory. */
static int put_document(struct json *json)
{
    const struct table *table = json->export->table;

    if (number_functions(json) != 0)
        return -1;
    json->out.numbers = json->numbers;
    json_open(&json->out, NULL);
    json_string(&json->out, "format", "profile");
    json_count(&json->out, "version", 1);
    json_string(&json->out, "creator", "stats " PROFILE_VERSION);
    json_string(&json->out, "unit", json->export->measure);
    json_name(&json->out, "is_time");
    put_text(json->out.stream, table->counts ? "false" : "true");
    if (json_put_run(&json->out, json->export) != 0)
        return -1;
    put_functions(json);
    put_table(json);
    if (put_edges(json) != 0 || put_tree(json) != 0)
        return -1;
    json_close(&json->out);
    putc_unlocked('\n', json->out.stream);
    return 0;
}

int export_json(FILE *stream, const struct export *export, struct message *message)
{
    struct json json = {.out.stream = stream, .export = export};
    int result = put_document(&json);

    free(json.numbers);
    free(json.functions);
    free(json.files.items);
    free(json.modules.items);
    hash_free(&json.files.index);
    hash_free(&json.modules.index);
    return result == 0 ? 0 : message_no_memory(message);
}
