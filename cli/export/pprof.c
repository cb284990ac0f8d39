/*
 * pprof.c - writes the format of pprof: a gzipped message of Protocol Buffers. See
 * https://github.com/google/pprof/blob/main/proto/profile.proto.
 *
 * A context is a sample: its stack, its calls and its self time. A function is one location, the line of its
 * definition. The name that the linker knows tells overloads apart.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/base/text.h"
#include "cli/export/exporters.h"
#include "cli/export/gzip.h"
#include "cli/export/labels.h"
#include "cli/export/protobuf.h"
#include "cli/ui/version.h"

/* The fields of each message. */
enum {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE = 2,
    PROFILE_MAPPING = 3,
    PROFILE_LOCATION = 4,
    PROFILE_FUNCTION = 5,
    PROFILE_STRING = 6,
    PROFILE_TIME = 9,
    PROFILE_DURATION = 10,
    PROFILE_COMMENT = 13,
    PROFILE_DEFAULT_TYPE = 14,
    VALUE_TYPE = 1,
    VALUE_UNIT = 2,
    SAMPLE_LOCATIONS = 1,
    SAMPLE_VALUES = 2,
    SAMPLE_LABEL = 3,
    LABEL_KEY = 1,
    LABEL_TEXT = 2,
    MAPPING_ID = 1,
    MAPPING_FILE = 5,
    MAPPING_HAS_FUNCTIONS = 7,
    MAPPING_HAS_FILES = 8,
    MAPPING_HAS_LINES = 9,
    LOCATION_ID = 1,
    LOCATION_MAPPING = 2,
    LOCATION_LINE = 4,
    LINE_FUNCTION = 1,
    LINE_NUMBER = 2,
    FUNCTION_ID = 1,
    FUNCTION_NAME = 2,
    FUNCTION_SYSTEM_NAME = 3,
    FUNCTION_FILE = 4,
    FUNCTION_LINE = 5,
};

struct writer {
    const struct export *export;
    struct gzip gzip;
    struct byte_writer message, part; /* that is being made, and one that is part of it */
    struct byte_writer field;         /* of the whole profile */
    struct intern strings;            /* of the profile, without the first, which is "" */
    unsigned char *is_used;           /* by row: a context has it; behind the rows: contexts were left out */
    uint32_t *mappings;               /* by string: the mapping of this name; 0: none */
    uint32_t mapping_count;
    unsigned char *shared; /* labels_shared() */
    uint32_t *path;        /* by level: the location of the context that is open */
    int failed;            /* there was not enough memory */
};

/* Returns the number of TEXT among the strings of the profile. Bytes that are not UTF-8 become U+FFFD, for
 * the format demands it. */
static uint64_t string_number(struct writer *writer, const char *text)
{
    char *valid;
    uint32_t number;

    if (*text == '\0')
        return 0;
    valid = text_make_valid(text);
    number = valid != NULL ? intern_number(&writer->strings, valid) : HASH_NONE;
    free(valid);
    writer->failed |= number == HASH_NONE;
    return number == HASH_NONE ? 0 : number + (uint64_t)1;
}

/* Writes the field NUMBER of the profile with the message, which is then empty. */
static void put_message(struct writer *writer, unsigned number)
{
    protobuf_bytes(&writer->field, number, writer->message.bytes, writer->message.size);
    gzip_write(&writer->gzip, writer->field.bytes, writer->field.size);
    writer->failed |= writer->message.failed | writer->part.failed | writer->field.failed;
    writer->message.size = writer->field.size = 0;
}

/* Adds the part, which is then empty, to the message as its field NUMBER. */
static void add_part(struct writer *writer, unsigned number)
{
    protobuf_bytes(&writer->message, number, writer->part.bytes, writer->part.size);
    writer->part.size = 0;
}

static void put_number(struct writer *writer, unsigned number, uint64_t value)
{
    protobuf_number(&writer->field, number, value);
    gzip_write(&writer->gzip, writer->field.bytes, writer->field.size);
    writer->field.size = 0;
}

static void put_type(struct writer *writer, const char *type, const char *unit)
{
    protobuf_number(&writer->message, VALUE_TYPE, string_number(writer, type));
    protobuf_number(&writer->message, VALUE_UNIT, string_number(writer, unit));
    put_message(writer, PROFILE_SAMPLE_TYPE);
}

static const char *main_type(const struct writer *writer)
{
    return writer->export->table->counts ? writer->export->measure : "time";
}

static void put_types(struct writer *writer)
{
    const struct table *table = writer->export->table;

    put_type(writer, "calls", "count");
    put_type(writer, main_type(writer), table->counts ? "count" : "nanoseconds");
    if (table->waits)
        put_type(writer, "waited", "nanoseconds");
}

/* Returns the ID of ROW's location and function. */
static uint32_t id_of(const struct writer *writer, uint32_t row)
{
    return row == CONTEXT_NONE ? (uint32_t)writer->export->table->row_capacity + 1 : row + 1;
}

/* Writes the sample of CONTEXT, whose path is open. */
static void put_sample(struct writer *writer, const struct context *context, uint64_t thread)
{
    static const char key[] = "thread";

    for (uint32_t level = context->level + 1; level-- > 0;)
        bytes_write_number(&writer->part, writer->path[level]);
    add_part(writer, SAMPLE_LOCATIONS);
    bytes_write_number(&writer->part, context->calls);
    bytes_write_number(&writer->part, context->self);
    if (writer->export->table->waits)
        bytes_write_number(&writer->part, context->waited);
    add_part(writer, SAMPLE_VALUES);
    if (thread > 0) {
        protobuf_number(&writer->part, LABEL_KEY, string_number(writer, key));
        protobuf_number(&writer->part, LABEL_TEXT, thread);
        add_part(writer, SAMPLE_LABEL);
    }
    put_message(writer, PROFILE_SAMPLE);
}

/* Returns the number of the string that names thread T, or 0 if threads are not told apart. */
static uint64_t name_thread(struct writer *writer, uint32_t t)
{
    char *name = writer->export->has_threads ? labels_thread(writer->export, t) : NULL;
    uint64_t number = name != NULL ? string_number(writer, name) : 0;

    writer->failed |= name == NULL && writer->export->has_threads;
    free(name);
    return number;
}

static void put_samples(struct writer *writer)
{
    const struct contexts *contexts = writer->export->contexts;
    uint32_t last = CONTEXT_NONE; /* thread */
    uint64_t thread = 0;

    for (size_t i = 0; i < contexts->count && !writer->failed; i++) {
        const struct context *context = &contexts->items[i];

        if (context->thread != last)
            thread = name_thread(writer, context->thread);
        last = context->thread;
        writer->path[context->level] = id_of(writer, context->row);
        writer->is_used[id_of(writer, context->row) - 1] = 1;
        put_sample(writer, context, thread);
    }
}

/* Writes the mapping of ROW's module, unless it has been. Returns its ID, or 0 if there is no module. */
static uint64_t put_mapping(struct writer *writer, const struct table_row *row)
{
    uint64_t string = string_number(writer, row->module);
    uint32_t *id = &writer->mappings[string];

    if (string == 0 || *id != 0)
        return string == 0 ? 0 : *id;
    *id = ++writer->mapping_count;
    protobuf_number(&writer->message, MAPPING_ID, *id);
    protobuf_number(&writer->message, MAPPING_FILE, string);
    protobuf_number(&writer->message, MAPPING_HAS_FUNCTIONS, 1);
    protobuf_number(&writer->message, MAPPING_HAS_FILES, 1);
    protobuf_number(&writer->message, MAPPING_HAS_LINES, 1);
    put_message(writer, PROFILE_MAPPING);
    return *id;
}

static void put_location(struct writer *writer, uint64_t id, uint64_t mapping, uint32_t line)
{
    protobuf_number(&writer->message, LOCATION_ID, id);
    protobuf_number(&writer->message, LOCATION_MAPPING, mapping);
    protobuf_number(&writer->part, LINE_FUNCTION, id);
    protobuf_number(&writer->part, LINE_NUMBER, line);
    add_part(writer, LOCATION_LINE);
    put_message(writer, PROFILE_LOCATION);
}

/* Writes the function of ROW, whose name is a LABEL. ROW is NULL if it stands for contexts that were left
 * out. */
static void put_function(struct writer *writer, uint64_t id, const char *label, const struct table_row *row)
{
    const char *symbol = row != NULL && row->symbol != NULL ? row->symbol : label;
    const char *file = row != NULL && row->has_source ? row->file : "";

    protobuf_number(&writer->message, FUNCTION_ID, id);
    protobuf_number(&writer->message, FUNCTION_NAME, string_number(writer, label));
    protobuf_number(&writer->message, FUNCTION_SYSTEM_NAME, string_number(writer, symbol));
    protobuf_number(&writer->message, FUNCTION_FILE, string_number(writer, file));
    protobuf_number(&writer->message, FUNCTION_LINE, row != NULL ? row->line : 0);
    put_message(writer, PROFILE_FUNCTION);
}

static void put_functions(struct writer *writer)
{
    const struct table *table = writer->export->table;

    for (uint32_t i = 0; i < table->row_capacity && !writer->failed; i++) {
        const struct table_row *row = &table->rows[i];
        char *label = writer->is_used[i] ? labels_function(writer->export, writer->shared, i) : NULL;

        if (!writer->is_used[i])
            continue;
        writer->failed |= label == NULL;
        put_location(writer, i + (uint64_t)1, put_mapping(writer, row), row->line);
        put_function(writer, i + (uint64_t)1, label != NULL ? label : "", row);
        free(label);
    }
    if (writer->is_used[table->row_capacity]) {
        uint64_t id = id_of(writer, CONTEXT_NONE);
        put_location(writer, id, 0, 0);
        put_function(writer, id, LABEL_LEFT_OUT, NULL);
    }
}

/* Writes when the profile was made, and of what. */
static void put_run(struct writer *writer)
{
    const struct profile *profile = writer->export->profile;

    put_number(writer, PROFILE_DEFAULT_TYPE, string_number(writer, main_type(writer)));
    put_number(writer, PROFILE_COMMENT, string_number(writer, "written by stats " PROFILE_VERSION));
    put_number(writer, PROFILE_DURATION, (uint64_t)writer->export->inputs->runs.wall);
    if (profile->process_count == 0)
        return;
    put_number(writer, PROFILE_TIME, (uint64_t)profile->processes[0].start_time);
    put_number(writer, PROFILE_COMMENT, string_number(writer, profile->processes[0].command));
}

static void put_strings(struct writer *writer)
{
    put_message(writer, PROFILE_STRING); /* the first is "" */
    for (size_t i = 0; i < writer->strings.count; i++) {
        const char *text = writer->strings.strings[i];
        bytes_write(&writer->message, text, strlen(text));
        put_message(writer, PROFILE_STRING);
    }
}

/* Returns more than the strings that there are when the last mapping is written: a row has four, and a thread
 * one. */
static size_t most_strings(const struct writer *writer)
{
    enum { OTHERS = 16 };

    return 4 * writer->export->table->row_capacity + writer->export->profile->thread_count + OTHERS;
}

/* Returns 0, or -1 without memory. */
static int write_profile(struct writer *writer)
{
    const struct table *table = writer->export->table;

    writer->is_used = calloc(table->row_capacity + 1, 1);
    writer->mappings = calloc(most_strings(writer), sizeof *writer->mappings);
    writer->path = reallocarray(NULL, writer->export->contexts->deepest + (size_t)1, sizeof *writer->path);
    writer->shared = labels_shared(table);
    if (writer->shared == NULL || writer->is_used == NULL || writer->mappings == NULL || writer->path == NULL)
        return -1;
    put_types(writer);
    put_samples(writer);
    put_functions(writer);
    put_run(writer);
    put_strings(writer);
    return writer->failed ? -1 : 0;
}

int export_pprof(FILE *stream, const struct export *export, struct message *message)
{
    struct writer writer = {.export = export};
    int result = gzip_open(&writer.gzip, stream);

    if (result == 0)
        result = write_profile(&writer);
    gzip_close(&writer.gzip);
    free(writer.message.bytes);
    free(writer.part.bytes);
    free(writer.field.bytes);
    intern_free(&writer.strings);
    free(writer.is_used);
    free(writer.shared);
    free(writer.mappings);
    free(writer.path);
    return result == 0 ? 0 : message_no_memory(message);
}
