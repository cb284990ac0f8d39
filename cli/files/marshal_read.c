/*
 * marshal_read.c - reads the profiles that Python saves into a table. See marshal_read.h.
 *
 * The shape of the dictionary is known, so it is read straight into the table: no objects are built. To
 * follow a reference, the reader goes back to where its object stands. The shape bounds the depth, so circles
 * end at a thing of the wrong kind. A budget bounds how much is read again.
 */
#include "cli/files/marshal_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/bytes.h"
#include "cli/files/marshal_codes.h"
#include "cli/files/marshal_objects.h"
#include "cli/table/finish.h"

/* Bytes that may be read again: AGAIN_MAX for each byte of the file, and AGAIN_MIN. Python's own files need
 * less than 4 for each byte. */
enum { AGAIN_MAX = 16, AGAIN_MIN = 1 << 16 };

/* Returns the string that comes next, or "" on failure. */
static const char *read_name(struct marshal_reader *reader)
{
    const char *text = marshal_read_text(reader);

    return text == NULL ? "" : text;
}

static uint64_t count_of(struct marshal_reader *reader, struct marshal_number number)
{
    if (!number.is_count)
        marshal_fail(reader, "expected a count");
    return number.count;
}

static uint64_t read_count(struct marshal_reader *reader)
{
    return count_of(reader, marshal_read_number(reader));
}

static double read_time(struct marshal_reader *reader)
{
    double time = marshal_read_number(reader).value;

    if (isnan(time))
        marshal_fail(reader, "a time is not a number");
    return time;
}

/* Reads the size of a tuple behind its CODE, and fails if it is not COUNT. */
static void expect_tuple(struct marshal_reader *reader, int code, size_t count)
{
    if (!marshal_is_tuple(code) || marshal_read_fixed(reader, code == MARSHAL_TUPLE ? 4 : 1) != count)
        marshal_fail(reader, "expected a tuple of another length");
}

/* Reads a (file, line, name). Returns its row, or 0 on failure. */
static uint32_t read_key(struct marshal_reader *reader)
{
    struct marshal_object object;

    marshal_begin(reader, &object);
    expect_tuple(reader, object.code, 3);
    const char *file = read_name(reader);
    uint64_t line = read_count(reader);
    const char *name = read_name(reader);
    marshal_end(reader, &object);
    if (line > UINT32_MAX)
        marshal_fail(reader, "a line number is too great");
    if (reader->bytes.failed || reader->skipping)
        return 0;
    uint32_t row = table_row_named(reader->table, file, (uint32_t)line, name);
    if (row != HASH_NONE)
        return row;
    marshal_fail_memory(reader);
    return 0;
}

/* Returns 1 if another key follows. If not, reads the end of the dictionary. */
static int has_more(struct marshal_reader *reader)
{
    if (reader->bytes.failed || reader->bytes.next == reader->bytes.end) {
        marshal_fail(reader, "its end is missing");
        return 0;
    }
    if (*reader->bytes.next != MARSHAL_END)
        return 1;
    reader->bytes.next++;
    return 0;
}

static void read_caller(struct marshal_reader *reader, uint32_t callee)
{
    struct table_edge edge = {.caller = read_key(reader), .callee = callee};
    struct marshal_object object;

    marshal_begin(reader, &object);
    if (marshal_is_tuple(object.code)) {
        expect_tuple(reader, object.code, 4);
        edge.ncalls = read_count(reader);
        edge.pcalls = read_count(reader);
        edge.tottime = read_time(reader);
        edge.cumtime = read_time(reader);
    } else {
        edge.is_count_only = 1;
        edge.ncalls = edge.pcalls = count_of(reader, marshal_read_number_of(reader, object.code));
    }
    marshal_end(reader, &object);
    if (!reader->bytes.failed && !reader->skipping && table_edges_add(&reader->table->edges, &edge) != 0)
        marshal_fail_memory(reader);
}

static void expect_dictionary(struct marshal_reader *reader, int code)
{
    if (code != MARSHAL_DICT)
        marshal_fail(reader, "expected a dictionary");
}

static void read_callers(struct marshal_reader *reader, uint32_t callee)
{
    struct marshal_object object;

    marshal_begin(reader, &object);
    expect_dictionary(reader, object.code);
    reader->skipping = !reader->table->has_edges;
    while (has_more(reader))
        read_caller(reader, callee);
    reader->skipping = 0;
    marshal_end(reader, &object);
}

static void read_function(struct marshal_reader *reader)
{
    uint32_t row = read_key(reader);
    struct marshal_object object;
    struct table_row figures = {0};

    marshal_begin(reader, &object);
    expect_tuple(reader, object.code, 5);
    figures.pcalls = read_count(reader);
    figures.ncalls = read_count(reader);
    figures.tottime = read_time(reader);
    figures.cumtime = read_time(reader);
    if (!reader->bytes.failed)
        table_row_add(reader->table, row, &figures);
    read_callers(reader, row);
    marshal_end(reader, &object);
}

static void read_dictionary(struct marshal_reader *reader)
{
    struct marshal_object object;

    marshal_begin(reader, &object);
    expect_dictionary(reader, object.code);
    while (has_more(reader))
        read_function(reader);
}

int marshal_recognise(const unsigned char *data, size_t size)
{
    return size > 0 && (data[0] & ~MARSHAL_FLAG_REFERENCE) == MARSHAL_DICT;
}

int marshal_read(struct table *table, const unsigned char *data, size_t size, const char *path,
                 struct message *message)
{
    struct marshal_reader reader = {
        .bytes = {data, data + size, 0}, .table = table, .budget = AGAIN_MIN + (uint64_t)AGAIN_MAX * size};

    table->in_seconds = 1;
    table->measure = PROFILE_MEASURE_TIME;
    read_dictionary(&reader);
    free(reader.references);
    free(reader.interned);
    if (reader.out_of_memory)
        return message_set(message, "not enough memory to load %s", path);
    if (reader.wrong != NULL)
        return message_set(message, "%s is not a Python profile, or is damaged: %s", path, reader.wrong);
    if (reader.bytes.failed)
        return message_set(message, "%s is damaged: it is cut short", path);
    return table_order(table, message);
}
