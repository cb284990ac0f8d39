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

#include "cli/base/array.h"
#include "cli/base/bytes.h"
#include "cli/base/text.h"
#include "cli/files/marshal_codes.h"
#include "cli/table/finish.h"

/* Bytes that may be read again: AGAIN_MAX for each byte of the file, and AGAIN_MIN. Python's own files need
 * less than 4 for each byte. */
enum { AGAIN_MAX = 16, AGAIN_MIN = 1 << 16 };

struct reference {
    const unsigned char *place; /* of the object's code */
    const char *text;           /* interned, if it is a string */
};

struct reader {
    struct byte_reader bytes;
    struct table *table;
    struct reference *references;
    size_t reference_count;
    const char **interned; /* the numbered strings of Python 2 */
    size_t interned_count;
    int again;       /* references that are being followed */
    uint64_t budget; /* bytes that may still be read again */
    const char *wrong;
    int skipping; /* callers are read for the references in them alone */
    int out_of_memory;
};

/* An object whose code has been read. */
struct object {
    int code;
    struct reference *reference; /* by which it is known, or NULL */
    const unsigned char *start;
    const unsigned char *resume; /* behind the reference that led here; NULL: none did */
};

/* Notes WHAT as the fault, unless there was one before. Reading goes on with zeros, which ends it soon. */
static void go_wrong(struct reader *reader, const char *what)
{
    if (reader->wrong == NULL && !reader->bytes.failed)
        reader->wrong = what;
    reader->bytes.failed = 1;
}

static void run_out_of_memory(struct reader *reader)
{
    reader->out_of_memory = reader->bytes.failed = 1;
}

static uint64_t read_fixed(struct reader *reader, size_t size)
{
    const unsigned char *bytes = bytes_read(&reader->bytes, size);
    uint64_t number = 0;

    for (size_t i = 0; bytes != NULL && i < size; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

static void go_back(struct reader *reader, struct object *object)
{
    uint64_t number = read_fixed(reader, 4);

    if (number >= reader->reference_count) {
        go_wrong(reader, "a reference to nothing");
        return;
    }
    object->reference = &reader->references[number];
    object->resume = reader->bytes.next;
    reader->bytes.next = object->start = object->reference->place;
    reader->again++;
    object->code = (int)read_fixed(reader, 1) & ~MARSHAL_FLAG_REFERENCE;
}

/* Starts to read an object, or the one that a reference leads to. OBJECT is a parameter, not the result: the
 * compiler copied a result before its parts were in memory, in a sixth of the time. */
static void object_begin(struct reader *reader, struct object *object)
{
    object->start = reader->bytes.next;
    object->reference = NULL;
    object->resume = NULL;
    object->code = (int)read_fixed(reader, 1);
    if (object->code == MARSHAL_REFERENCE) {
        go_back(reader, object);
    } else if (object->code & MARSHAL_FLAG_REFERENCE) {
        object->code &= ~MARSHAL_FLAG_REFERENCE;
        if (reader->again > 0)
            return; /* it got its number the first time */
        object->reference = ARRAY_APPEND(reader->references, reader->reference_count);
        if (object->reference == NULL)
            run_out_of_memory(reader);
        else
            object->reference->place = object->start;
    }
}

static void object_end(struct reader *reader, const struct object *object)
{
    if (object->resume == NULL)
        return;
    uint64_t used = (uint64_t)(reader->bytes.next - object->start);
    if (used > reader->budget)
        go_wrong(reader, "references without end");
    reader->budget -= used < reader->budget ? used : reader->budget;
    reader->bytes.next = object->resume;
    reader->again--;
}

/* Returns the table's copy of text from the file, with NULs and bytes that are not UTF-8 replaced. Returns
 * NULL without memory. */
static const char *intern_text(struct reader *reader, const unsigned char *bytes, size_t length)
{
    char *copy = malloc(length + 1), *valid = NULL;
    const char *text = NULL;

    if (copy != NULL) {
        memcpy(copy, bytes, length);
        for (size_t i = 0; i < length; i++)
            copy[i] = (char)(copy[i] == '\0' ? 0xff : copy[i]);
        copy[length] = '\0';
        valid = text_make_valid(copy);
    }
    if (valid != NULL)
        text = intern_string(&reader->table->strings, valid);
    if (text == NULL)
        run_out_of_memory(reader);
    free(copy);
    free(valid);
    return text;
}

static const char *read_interned(struct reader *reader)
{
    uint64_t number = read_fixed(reader, 4);

    if (number < reader->interned_count)
        return reader->interned[number];
    go_wrong(reader, "a reference to nothing");
    return NULL;
}

static const char *read_characters(struct reader *reader, size_t length)
{
    const unsigned char *bytes = bytes_read(&reader->bytes, length);

    return bytes == NULL || reader->skipping ? NULL : intern_text(reader, bytes, length);
}

/* Reads a string of Python 2 and numbers it. It is never skipped, for later ones refer to the number. */
static const char *read_and_number(struct reader *reader)
{
    size_t length = read_fixed(reader, 4);
    const unsigned char *bytes = bytes_read(&reader->bytes, length);
    const char *text = bytes == NULL ? NULL : intern_text(reader, bytes, length);
    const char **added = reader->again > 0 ? NULL : ARRAY_APPEND(reader->interned, reader->interned_count);

    if (added != NULL)
        *added = text == NULL ? "" : text;
    else if (reader->again == 0)
        run_out_of_memory(reader);
    return text;
}

static const char *read_text_of(struct reader *reader, int code)
{
    switch (code) {
    case MARSHAL_STRING:
    case MARSHAL_UNICODE:
    case MARSHAL_ASCII:
    case MARSHAL_ASCII_INTERNED:
        return read_characters(reader, read_fixed(reader, 4));
    case MARSHAL_INTERNED:
        return read_and_number(reader);
    case MARSHAL_SHORT_ASCII:
    case MARSHAL_SHORT_ASCII_INTERNED:
        return read_characters(reader, read_fixed(reader, 1));
    case MARSHAL_STRING_REFERENCE:
        return read_interned(reader);
    default:
        go_wrong(reader, code == MARSHAL_CODE
                             ? "expected a name, found a code object, as python -m profile saves it"
                             : "expected a string");
        return NULL;
    }
}

/* Returns the string that comes next, or "" on failure. */
static const char *read_text(struct reader *reader)
{
    struct object object;
    const char *text;

    object_begin(reader, &object);
    if (object.resume != NULL && object.reference->text != NULL) {
        reader->bytes.next = object.start; /* nothing is read again */
        text = object.reference->text;
    } else {
        text = read_text_of(reader, object.code);
        if (object.reference != NULL)
            object.reference->text = text;
    }
    object_end(reader, &object);
    return text == NULL ? "" : text;
}

struct number {
    double value;
    uint64_t count; /* the value, if IS_COUNT */
    int is_count;   /* it is a whole number from 0 to INT64_MAX */
};

static struct number from_integer(int64_t integer)
{
    return (struct number){(double)integer, (uint64_t)integer, integer >= 0};
}

static struct number read_long(struct reader *reader)
{
    int32_t signed_digits = (int32_t)read_fixed(reader, 4);
    uint32_t digits = signed_digits < 0 ? -(uint32_t)signed_digits : (uint32_t)signed_digits;
    const unsigned char *bytes = bytes_read(&reader->bytes, 2 * (size_t)digits);
    struct number number = {.is_count = signed_digits >= 0};

    for (size_t i = digits; bytes != NULL && i-- > 0;) {
        unsigned digit = bytes[2 * i] | (unsigned)bytes[2 * i + 1] << 8;
        if (number.count > (uint64_t)INT64_MAX >> MARSHAL_DIGIT_BITS)
            number.is_count = 0;
        number.count = number.count << MARSHAL_DIGIT_BITS | digit;
        number.value = number.value * (1 << MARSHAL_DIGIT_BITS) + digit;
    }
    if (signed_digits < 0)
        number.value = -number.value;
    return number;
}

/* Versions 0 and 1 of marshal wrote floats as text. */
static struct number read_decimal(struct reader *reader)
{
    size_t length = read_fixed(reader, 1);
    const unsigned char *bytes = bytes_read(&reader->bytes, length);
    char text[256], *end = text;
    struct number number = {0};

    if (bytes == NULL)
        return number;
    memcpy(text, bytes, length);
    text[length] = '\0';
    number.value = strtod(text, &end);
    if (end == text || *end != '\0')
        go_wrong(reader, "expected a number");
    return number;
}

static struct number read_number_of(struct reader *reader, int code)
{
    switch (code) {
    case MARSHAL_INT:
        return from_integer((int32_t)read_fixed(reader, 4));
    case MARSHAL_INT64:
        return from_integer((int64_t)read_fixed(reader, 8));
    case MARSHAL_LONG:
        return read_long(reader);
    case MARSHAL_FALSE:
    case MARSHAL_TRUE:
        return from_integer(code == MARSHAL_TRUE);
    case MARSHAL_DOUBLE:
        return (struct number){.value = bytes_read_double(&reader->bytes)};
    case MARSHAL_DECIMAL:
        return read_decimal(reader);
    default:
        go_wrong(reader, "expected a number");
        return (struct number){0};
    }
}

static struct number read_number(struct reader *reader)
{
    struct object object;
    struct number number;

    object_begin(reader, &object);
    number = read_number_of(reader, object.code);
    object_end(reader, &object);
    return number;
}

static uint64_t count_of(struct reader *reader, struct number number)
{
    if (!number.is_count)
        go_wrong(reader, "expected a count");
    return number.count;
}

static uint64_t read_count(struct reader *reader)
{
    return count_of(reader, read_number(reader));
}

static double read_time(struct reader *reader)
{
    double time = read_number(reader).value;

    if (isnan(time))
        go_wrong(reader, "a time is not a number");
    return time;
}

static int is_tuple(int code)
{
    return code == MARSHAL_TUPLE || code == MARSHAL_SMALL_TUPLE;
}

/* Reads the size of a tuple behind its CODE, and fails if it is not COUNT. */
static void expect_tuple(struct reader *reader, int code, size_t count)
{
    if (!is_tuple(code) || read_fixed(reader, code == MARSHAL_TUPLE ? 4 : 1) != count)
        go_wrong(reader, "expected a tuple of another length");
}

/* Reads a (file, line, name). Returns its row, or 0 on failure. */
static uint32_t read_key(struct reader *reader)
{
    struct object object;

    object_begin(reader, &object);
    expect_tuple(reader, object.code, 3);
    const char *file = read_text(reader);
    uint64_t line = read_count(reader);
    const char *name = read_text(reader);
    object_end(reader, &object);
    if (line > UINT32_MAX)
        go_wrong(reader, "a line number is too great");
    if (reader->bytes.failed || reader->skipping)
        return 0;
    uint32_t row = table_row_named(reader->table, file, (uint32_t)line, name);
    if (row != HASH_NONE)
        return row;
    run_out_of_memory(reader);
    return 0;
}

/* Returns 1 if another key follows. If not, reads the end of the dictionary. */
static int has_more(struct reader *reader)
{
    if (reader->bytes.failed || reader->bytes.next == reader->bytes.end) {
        go_wrong(reader, "its end is missing");
        return 0;
    }
    if (*reader->bytes.next != MARSHAL_END)
        return 1;
    reader->bytes.next++;
    return 0;
}

static void read_caller(struct reader *reader, uint32_t callee)
{
    struct table_edge edge = {.caller = read_key(reader), .callee = callee};
    struct object object;

    object_begin(reader, &object);
    if (is_tuple(object.code)) {
        expect_tuple(reader, object.code, 4);
        edge.ncalls = read_count(reader);
        edge.pcalls = read_count(reader);
        edge.tottime = read_time(reader);
        edge.cumtime = read_time(reader);
    } else {
        edge.is_count_only = 1;
        edge.ncalls = edge.pcalls = count_of(reader, read_number_of(reader, object.code));
    }
    object_end(reader, &object);
    if (!reader->bytes.failed && !reader->skipping && table_edges_add(&reader->table->edges, &edge) != 0)
        run_out_of_memory(reader);
}

static void expect_dictionary(struct reader *reader, int code)
{
    if (code != MARSHAL_DICT)
        go_wrong(reader, "expected a dictionary");
}

static void read_callers(struct reader *reader, uint32_t callee)
{
    struct object object;

    object_begin(reader, &object);
    expect_dictionary(reader, object.code);
    reader->skipping = !reader->table->has_edges;
    while (has_more(reader))
        read_caller(reader, callee);
    reader->skipping = 0;
    object_end(reader, &object);
}

static void read_function(struct reader *reader)
{
    uint32_t row = read_key(reader);
    struct object object;
    struct table_row figures = {0};

    object_begin(reader, &object);
    expect_tuple(reader, object.code, 5);
    figures.pcalls = read_count(reader);
    figures.ncalls = read_count(reader);
    figures.tottime = read_time(reader);
    figures.cumtime = read_time(reader);
    if (!reader->bytes.failed)
        table_row_add(reader->table, row, &figures);
    read_callers(reader, row);
    object_end(reader, &object);
}

static void read_dictionary(struct reader *reader)
{
    struct object object;

    object_begin(reader, &object);
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
    struct reader reader = {
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
