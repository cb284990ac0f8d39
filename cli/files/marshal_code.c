/*
 * marshal_code.c - code objects of Python's marshal format, which differ between versions of Python. See
 * marshal_objects.h.
 *
 * Nearly all of a code object is skipped. But objects in it have numbers, to which later references lead.
 */
#include "cli/files/marshal_objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files/marshal_codes.h"

enum { DEPTH_MAX = 200 }; /* of objects in a code object; Python nests functions no deeper than 100 */

static void skip_bytes(struct marshal_reader *reader, uint64_t size)
{
    if (bytes_read(&reader->bytes, size) == NULL)
        reader->bytes.failed = 1;
}

static void skip_object(struct marshal_reader *reader);

static void skip_objects(struct marshal_reader *reader, uint64_t count)
{
    for (uint64_t i = 0; i < count && !reader->bytes.failed; i++)
        skip_object(reader);
}

static void skip_dictionary(struct marshal_reader *reader)
{
    while (!reader->bytes.failed && reader->bytes.next < reader->bytes.end &&
           *reader->bytes.next != MARSHAL_END)
        skip_objects(reader, 2);
    skip_bytes(reader, 1);
}

/* The part of a code object that is wanted. Texts are NULL on failure, and while callers are skipped. */
struct code {
    const char *file, *name;
    uint32_t line;
};

static struct code read_code(struct marshal_reader *reader);

/* Skips what stands behind CODE. */
static void skip_object_of(struct marshal_reader *reader, int code)
{
    switch (code) {
    case MARSHAL_NONE:
    case MARSHAL_STOP:
    case MARSHAL_ELLIPSIS:
    case MARSHAL_FALSE:
    case MARSHAL_TRUE:
        return;
    case MARSHAL_INT:
    case MARSHAL_STRING_REFERENCE:
        skip_bytes(reader, 4);
        return;
    case MARSHAL_INT64:
    case MARSHAL_DOUBLE:
        skip_bytes(reader, 8);
        return;
    case MARSHAL_COMPLEX:
        skip_bytes(reader, 16);
        return;
    case MARSHAL_LONG: {
        int32_t digits = (int32_t)marshal_read_fixed(reader, 4);
        skip_bytes(reader, 2 * (digits < 0 ? -(uint64_t)digits : (uint64_t)digits));
        return;
    }
    case MARSHAL_COMPLEX_DECIMAL:
        skip_bytes(reader, marshal_read_fixed(reader, 1));
        skip_bytes(reader, marshal_read_fixed(reader, 1));
        return;
    case MARSHAL_DECIMAL:
    case MARSHAL_SHORT_ASCII:
    case MARSHAL_SHORT_ASCII_INTERNED:
        skip_bytes(reader, marshal_read_fixed(reader, 1));
        return;
    case MARSHAL_STRING:
    case MARSHAL_UNICODE:
    case MARSHAL_ASCII:
    case MARSHAL_ASCII_INTERNED:
        skip_bytes(reader, marshal_read_fixed(reader, 4));
        return;
    case MARSHAL_INTERNED:
        marshal_read_numbered(reader);
        return;
    case MARSHAL_SMALL_TUPLE:
        skip_objects(reader, marshal_read_fixed(reader, 1));
        return;
    case MARSHAL_TUPLE:
    case MARSHAL_LIST:
    case MARSHAL_SET:
    case MARSHAL_FROZEN_SET:
        skip_objects(reader, marshal_read_fixed(reader, 4));
        return;
    case MARSHAL_SLICE:
        skip_objects(reader, 3);
        return;
    case MARSHAL_DICT:
        skip_dictionary(reader);
        return;
    case MARSHAL_CODE:
        read_code(reader);
        return;
    default:
        marshal_fail(reader, "an unknown object in a code object");
    }
}

static void skip_object(struct marshal_reader *reader)
{
    struct marshal_object object;

    if (reader->bytes.next < reader->bytes.end && *reader->bytes.next == MARSHAL_REFERENCE) {
        skip_bytes(reader, 5); /* no need to follow it */
        return;
    }
    if (reader->depth >= DEPTH_MAX) {
        marshal_fail(reader, "a code object is too deep");
        return;
    }
    reader->depth++;
    marshal_begin(reader, &object);
    skip_object_of(reader, object.code);
    marshal_end(reader, &object);
    reader->depth--;
}

/* Skips the numbers at the beginning of a code object: 4 of Python 2, 5 of 3.0 to 3.7 and from 3.11 on, 6
 * between. The code's bytes stand behind them, as a string or a reference to one. */
static void skip_code_numbers(struct marshal_reader *reader)
{
    const unsigned char *bytes = reader->bytes.next;
    size_t size = (size_t)(reader->bytes.end - bytes);

    for (size_t count = 4; count <= 6 && 4 * count + 5 <= size; count++) {
        const unsigned char *at = bytes + 4 * count;
        uint64_t length = at[1] | (uint64_t)at[2] << 8 | (uint64_t)at[3] << 16 | (uint64_t)at[4] << 24;
        int is_string = (*at & ~MARSHAL_FLAG_REFERENCE) == MARSHAL_STRING && length <= size - 4 * count - 5;

        if (is_string || (*at == MARSHAL_REFERENCE && length < reader->reference_count)) {
            skip_bytes(reader, 4 * count);
            return;
        }
    }
    marshal_fail(reader, "a code object of an unknown version of Python");
}

/* Reads a code object behind its CODE. From Python 3.11 on, the fifth object is a string, and before a tuple.
 */
static struct code read_code(struct marshal_reader *reader)
{
    struct code code = {NULL, NULL, 0};
    struct marshal_object fifth;
    int is_new;

    reader->depth++;
    skip_code_numbers(reader);
    skip_objects(reader, 4); /* bytes, constants, names, variables */
    marshal_begin(reader, &fifth);
    is_new = !marshal_is_tuple(fifth.code);
    if (fifth.code == MARSHAL_CODE) /* it could be this one */
        marshal_fail(reader, "a code object makes no sense");
    else
        skip_object_of(reader, fifth.code);
    marshal_end(reader, &fifth);
    skip_objects(reader, is_new ? 0 : 1);
    code.file = marshal_read_text(reader);
    code.name = marshal_read_text(reader);
    skip_objects(reader, is_new ? 1 : 0); /* the qualified name */
    code.line = (uint32_t)marshal_read_fixed(reader, 4);
    skip_objects(reader, is_new ? 2 : 1); /* tables of lines and exceptions */
    reader->depth--;
    return code;
}

const char *marshal_read_code(struct marshal_reader *reader)
{
    struct code code = read_code(reader);
    const char *text = NULL;
    char *made = NULL;

    if (reader->bytes.failed || reader->skipping || code.file == NULL || code.name == NULL)
        return NULL;
    if (asprintf(&made, "<code object %s, file \"%s\", line %u>", code.name, code.file,
                 (unsigned)code.line) >= 0)
        text = marshal_keep(reader, (const unsigned char *)made, strlen(made));
    else
        marshal_fail_memory(reader);
    free(made);
    return text;
}
